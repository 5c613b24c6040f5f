//! Words, numbers and names as they are written for readers, terminals, shells and documents.

mod escape;
mod pluralize;
mod setting;
mod shell;

pub use self::{
    escape::{html, latex, markdown},
    pluralize::pluralize,
    setting::setting_name,
    shell::shell_quote,
};
