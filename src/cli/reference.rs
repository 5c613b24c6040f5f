//! `longlag reference`.

use std::io::Write;

use super::{
    Exit, Failure,
    arguments::{Reference, ReferenceFormat},
};
use crate::{
    results::reference::{Group, html, markdown},
    store::{StoreError, write_output},
    suite::pages,
};

pub(super) fn reference(options: &Reference, out: &mut dyn Write) -> Result<Exit, Failure> {
    // What a suite may say comes first, then what a run leaves, then the components.
    let suite = Group { plural: "suite", singular: "suite", pages: pages() };
    let groups: Vec<Group> = [suite, Group::tables()].into_iter().chain(Group::all()).collect();
    let ends_so =
        options.out.as_ref().and_then(|path| path.extension()).is_some_and(|end| end == "html" || end == "htm");
    let by_name = if ends_so { ReferenceFormat::Html } else { ReferenceFormat::Markdown };
    let text = match options.format.unwrap_or(by_name) {
        ReferenceFormat::Markdown => markdown(&groups),
        ReferenceFormat::Html => html(&groups),
    };
    match &options.out {
        None => out.write_all(text.as_bytes())?,
        Some(path) => {
            write_output(path, text.as_bytes()).map_err(StoreError::io("write", path))?;
            writeln!(out, "{}", path.display())?;
        }
    }
    Ok(Exit::Ok)
}
