//! `longlag describe`.

use std::io::Write;

use super::{
    Exit, Failure, arguments,
    kinds::{kind, one_of},
};
use crate::results::reference::{component, equations};

pub(super) fn describe(options: &arguments::Describe, out: &mut dyn Write) -> Result<Exit, Failure> {
    let kind = kind(&options.kind)?;
    let pages = (kind.pages)();
    let Some(name) = &options.name else {
        for (index, page) in pages.iter().enumerate() {
            let gap = if index > 0 { "\n" } else { "" };
            write!(out, "{gap}{}", component(kind.singular, page))?;
        }
        return Ok(Exit::Ok);
    };
    let page = pages.iter().find(|page| page.name == name).ok_or_else(|| {
        let names: Vec<&str> = pages.iter().map(|page| page.name).collect();
        Failure::usage(format!("unknown {} `{name}`; {}", kind.singular, one_of(name, &names)))
    })?;
    write!(out, "{}", component(kind.singular, page))?;
    if let Some(equations) = equations(kind.singular, page.name) {
        write!(out, "{equations}")?;
    }
    Ok(Exit::Ok)
}
