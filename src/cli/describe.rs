//! `longlag describe`.

use std::io::Write;

use super::{
    Exit, Failure, arguments,
    components::{kind, one_of},
};
use crate::results::reference::component;

pub(super) fn describe(options: &arguments::Describe, out: &mut dyn Write) -> Result<Exit, Failure> {
    let kind = kind(&options.kind)?;
    let pages = (kind.pages)();
    let page = pages.iter().find(|page| page.name == options.name).ok_or_else(|| {
        let names: Vec<&str> = pages.iter().map(|page| page.name).collect();
        let message = format!("unknown {} `{}`; {}", kind.singular, options.name, one_of(&options.name, &names));
        Failure::usage(message)
    })?;
    write!(out, "{}", component(kind.singular, page))?;
    Ok(Exit::Ok)
}
