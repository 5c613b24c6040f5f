//! Arguments as a shell reads them.

use std::borrow::Cow;

/// The argument as one types it in a POSIX shell, quoted where it has to be.
pub fn shell_quote(argument: &str) -> Cow<'_, str> {
    let plain = |sign: char| sign.is_alphanumeric() || "-_./=:,@%+".contains(sign);
    if !argument.is_empty() && argument.chars().all(plain) {
        return Cow::Borrowed(argument);
    }
    Cow::Owned(format!("'{}'", argument.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::shell_quote;

    #[test]
    fn only_what_a_shell_would_change_is_quoted() {
        assert_eq!(shell_quote("train.updates=5"), "train.updates=5");
        assert_eq!(shell_quote("model.cell={kind: elman}"), "'model.cell={kind: elman}'");
        assert_eq!(shell_quote("it's"), r"'it'\''s'");
        assert_eq!(shell_quote(""), "''");
    }
}
