//! `longlag list`.

use std::io::Write;

use super::{Exit, Failure, arguments, kinds::kind};
use crate::{
    component::registry::Page,
    results::reference::{KINDS, Kind},
};

pub(super) fn list(options: &arguments::List, out: &mut dyn Write) -> Result<Exit, Failure> {
    let kinds: Vec<&Kind> = match &options.kind {
        Some(name) => vec![kind(name)?],
        None => KINDS.iter().collect(),
    };
    if options.json {
        let entries = kinds.iter().map(|kind| {
            let pages = (kind.pages)();
            let pages = pages.iter().map(|page| serde_json::json!({"name": page.name, "summary": page.summary()}));
            (kind.plural.to_owned(), pages.collect())
        });
        let json = serde_json::Value::Object(entries.collect());
        writeln!(out, "{json:#}")?;
        return Ok(Exit::Ok);
    }
    let kinds: Vec<(&Kind, Vec<Page>)> = kinds.into_iter().map(|kind| (kind, (kind.pages)())).collect();
    let width = kinds.iter().flat_map(|(_, pages)| pages).map(|page| page.name.len()).max().unwrap_or(0);
    for (index, (kind, pages)) in kinds.iter().enumerate() {
        let gap = if index > 0 { "\n" } else { "" };
        writeln!(out, "{gap}{} ({})", kind.plural, pages.len())?;
        for page in pages {
            writeln!(out, "  {:<width$}  {}", page.name, page.summary())?;
        }
    }
    Ok(Exit::Ok)
}
