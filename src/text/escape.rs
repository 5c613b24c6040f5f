//! Text as parts of documents, so that it is shown as it is and never becomes markup.

/// The character, or a space for one that no document and no terminal may be given: a control character, which could drive a
/// terminal, one that turns the direction of the text around it, a line end of Unicode's own, or one that XML does not allow.
pub fn printable(char: char) -> char {
    let is_forbidden = char.is_control()
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || char as u32 & 0xfffe == 0xfffe;
    if is_forbidden { ' ' } else { char }
}

/// Text for the inside of an element or of a quoted attribute of HTML or SVG.
pub fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push('\n'),
            char => escaped.push(printable(char)),
        }
    }
    escaped
}

/// Text for the inside of a line of Markdown or of a cell of its tables.
///
/// At the beginning of a line `#`, `-` and `+` stay signs of Markdown.
pub fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '~' | '$' => escaped.extend(['\\', char]),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            char => escaped.push(printable(char)),
        }
    }
    escaped
}

/// Text for a paragraph or a cell of LaTeX. Neighbours that its fonts would join into another sign stay apart.
pub fn latex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(char) = signs.next() {
        match char {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => escaped.extend(['\\', char]),
            '\\' => escaped.push_str(r"\textbackslash{}"),
            '~' => escaped.push_str(r"\textasciitilde{}"),
            '^' => escaped.push_str(r"\textasciicircum{}"),
            '`' => escaped.push_str(r"\textasciigrave{}"),
            '<' => escaped.push_str("$<$"),
            '>' => escaped.push_str("$>$"),
            '|' => escaped.push_str("$|$"),
            // Straight in the default encoding they would come out curly or doubled.
            '"' => escaped.push_str("''"),
            '-' | '\'' | ',' if signs.peek() == Some(&char) => escaped.extend([char, '{', '}']),
            char => match LATEX.iter().find(|(sign, _)| *sign == char) {
                Some((_, command)) => escaped.push_str(command),
                None => escaped.push(printable(char)),
            },
        }
    }
    escaped
}

/// Whether pdfLaTeX has the sign as [`latex`] writes it, with nothing but its own fonts: ASCII, letters of Latin, and [`LATEX`].
pub fn latex_has(sign: char) -> bool {
    let is_latin = sign <= '\u{17e}' && !"«»ÐÞðþĄąĐđĘęĦħĮįĸĿŀŉŊŋŦŧŲų".contains(sign);
    is_latin || LATEX.iter().any(|(known, _)| *known == sign) || "‘’“”".contains(sign) || printable(sign) == ' '
}

/// Signs beyond ASCII and Latin with their commands: those of labels, notes and formulae.
const LATEX: [(char, &str); 75] = [
    ('–', "--"),
    ('—', "---"),
    ('…', r"\ldots{}"),
    ('·', r"$\cdot$"),
    ('×', r"$\times$"),
    ('÷', r"$\div$"),
    ('−', "$-$"),
    ('±', r"$\pm$"),
    ('≤', r"$\leq$"),
    ('≥', r"$\geq$"),
    ('≠', r"$\neq$"),
    ('≈', r"$\approx$"),
    ('∞', r"$\infty$"),
    ('→', r"$\to$"),
    ('←', r"$\leftarrow$"),
    ('‖', r"$\|$"),
    ('∂', r"$\partial$"),
    ('√', r"$\surd$"),
    ('∈', r"$\in$"),
    ('⊙', r"$\odot$"),
    ('′', "$'$"),
    ('α', r"$\alpha$"),
    ('β', r"$\beta$"),
    ('γ', r"$\gamma$"),
    ('δ', r"$\delta$"),
    ('ε', r"$\varepsilon$"),
    ('ζ', r"$\zeta$"),
    ('η', r"$\eta$"),
    ('θ', r"$\theta$"),
    ('ι', r"$\iota$"),
    ('κ', r"$\kappa$"),
    ('λ', r"$\lambda$"),
    ('μ', r"$\mu$"),
    ('ν', r"$\nu$"),
    ('ξ', r"$\xi$"),
    ('π', r"$\pi$"),
    ('ρ', r"$\rho$"),
    ('σ', r"$\sigma$"),
    ('τ', r"$\tau$"),
    ('υ', r"$\upsilon$"),
    ('φ', r"$\varphi$"),
    ('χ', r"$\chi$"),
    ('ψ', r"$\psi$"),
    ('ω', r"$\omega$"),
    ('Γ', r"$\Gamma$"),
    ('Δ', r"$\Delta$"),
    ('Θ', r"$\Theta$"),
    ('Λ', r"$\Lambda$"),
    ('Ξ', r"$\Xi$"),
    ('Π', r"$\Pi$"),
    ('Σ', r"$\Sigma$"),
    ('Φ', r"$\Phi$"),
    ('Ψ', r"$\Psi$"),
    ('Ω', r"$\Omega$"),
    ('⁰', "$^0$"),
    ('⁴', "$^4$"),
    ('⁵', "$^5$"),
    ('⁶', "$^6$"),
    ('⁷', "$^7$"),
    ('⁸', "$^8$"),
    ('⁹', "$^9$"),
    ('⁻', "$^-$"),
    ('⁺', "$^+$"),
    ('ᵀ', r"$^\top$"),
    ('₀', "$_0$"),
    ('₁', "$_1$"),
    ('₂', "$_2$"),
    ('₃', "$_3$"),
    ('₄', "$_4$"),
    ('₅', "$_5$"),
    ('₆', "$_6$"),
    ('₇', "$_7$"),
    ('₈', "$_8$"),
    ('₉', "$_9$"),
    ('ₜ', "$_t$"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_shown_as_it_is() {
        let text = "a_b | <c> & *d* \"e\" 'f'\u{7}#%";
        assert_eq!(html(text), "a_b | &lt;c&gt; &amp; *d* &quot;e&quot; &#39;f&#39; #%");
        assert_eq!(markdown(text), "a\\_b \\| &lt;c&gt; &amp; \\*d\\* \"e\" 'f' #%");
        assert_eq!(latex(text), "a\\_b $|$ $<$c$>$ \\& *d* ''e'' 'f' \\#\\%");
        assert_eq!(latex("a--b---c ?` ,, ''"), r"a-{}-b-{}-{}-c ?\textasciigrave{} ,{}, '{}'");
        assert_eq!(latex("α = ½, ‖W‖₂ → é"), r"$\alpha$ = ½, $\|$W$\|$$_2$ $\to$ é");
        assert!("aé½ő\u{7}\u{202e}σ⁻".chars().all(latex_has) && !"学а🙂þ".chars().any(latex_has));
        assert_eq!(html("two\nlines"), "two\nlines");
        assert_eq!(markdown("two\nlines"), "two lines");
    }
}
