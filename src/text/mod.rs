//! Words, numbers and names as they are written for readers, terminals, shells and documents.

mod condition;
mod escape;
mod nearest;
mod pluralize;
pub mod scalar;
mod setting;
mod shell;
mod shorten;
mod spell;
mod visible;

pub use self::{
    condition::{Comparison, Condition, ConditionError, assignment},
    escape::{html, latex, latex_has, markdown, printable},
    nearest::nearest,
    pluralize::pluralize,
    setting::setting_name,
    shell::shell_quote,
    shorten::{MAX_QUOTE, shortened, shortened_apart},
    spell::{described, spelled, spelled_double},
    visible::{NAME, NAME_FORM, PROSE, PROSE_FORM},
};
