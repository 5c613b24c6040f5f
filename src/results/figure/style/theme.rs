//! The rules by which figures within a page turn dark.

use std::collections::{BTreeMap, BTreeSet};

use super::color::{Color, Rgb};
use super::palette::NAMED;
use super::{looks, shade};

/// The style sheet by which the SVG `documents`, as parts of an HTML page, turn dark: where the page's root says
/// `data-theme="dark"`, and where the reader's system asks for it and the root does not say `light`. A document by itself, or printed,
/// stays as it is.
///
/// It has one rule for each colour that the documents use, so nothing in them needs a class or a style of its own.
pub fn dark_rules<'a>(documents: impl IntoIterator<Item = &'a str>) -> String {
    let known = pairs();
    let mut used: BTreeSet<(&str, Rgb, Rgb)> = BTreeSet::new();
    for document in documents {
        for attribute in ["fill", "stroke"] {
            let opening = format!(" {attribute}=\"#");
            for found in document.match_indices(&opening) {
                let hex = document.get(found.0 + opening.len()..).and_then(|rest| rest.get(..6)).unwrap_or("");
                let Ok(number) = u32::from_str_radix(hex, 16) else { continue };
                let light = Color::pair(number, number).light;
                used.extend(known.get(&light).map(|dark| (attribute, light, *dark)));
            }
        }
    }
    let rules = |root: &str| -> String {
        let rule = |(attribute, light, dark): &(&str, Rgb, Rgb)| {
            format!("{root} svg [{attribute}=\"{light}\"]{{{attribute}:{dark}}}\n")
        };
        used.iter().map(rule).collect()
    };
    format!(
        "@media screen{{\n{}}}\n@media screen and (prefers-color-scheme:dark){{\n{}}}\n",
        rules(":root[data-theme=\"dark\"]"),
        rules(":root:not([data-theme=\"light\"])"),
    )
}

/// Every colour on paper with the one that takes its place.
fn pairs() -> BTreeMap<Rgb, Rgb> {
    all().map(|color| (color.light, color.dark)).collect()
}

/// Every colour that a figure may have.
fn all() -> impl Iterator<Item = Color> {
    NAMED.into_iter().chain(looks::all()).chain(shade::all().map(|(ground, _)| ground))
}

#[cfg(test)]
mod tests {
    use super::super::palette::{ALARM, AXIS, INK, MUTED, PAPER};
    use super::*;

    #[test]
    fn no_colour_has_two_that_take_its_place() {
        let pairs = pairs();
        for color in all() {
            assert_eq!(pairs[&color.light], color.dark, "{}", color.light);
        }
    }

    /// WCAG 2.2: 4.5 for text, 3 for what must be seen to understand, on paper and on a dark page.
    #[test]
    fn contrasts_are_enough_on_both_pages() {
        let on = |color: Color, ground: Color| color.light.contrast(ground.light).min(color.dark.contrast(ground.dark));
        for text in [INK, MUTED, ALARM] {
            assert!(on(text, PAPER) >= 4.5, "{text:?}: {}", on(text, PAPER));
        }
        for line in looks::all().chain([AXIS]) {
            assert!(on(line, PAPER) >= 3.0, "{line:?}: {}", on(line, PAPER));
        }
        for (index, text) in looks::all().enumerate().filter(|(index, _)| index % 2 == 1) {
            assert!(on(text, PAPER) >= 4.5, "{index} {text:?}: {}", on(text, PAPER));
        }
        for (ground, text) in shade::all() {
            assert!(on(text, ground) >= 4.5, "{ground:?}: {}", on(text, ground));
        }
    }

    #[test]
    fn a_document_has_a_rule_for_each_of_its_colours_in_both_ways_to_dark() {
        let document =
            "<svg><rect fill=\"#FFFFFF\"/><path fill=\"none\" stroke=\"#0072B2\"/><text fill=\"#12\">é</text></svg>";
        let rules = dark_rules([document, document]);
        assert_eq!(rules.matches("svg [fill=\"#FFFFFF\"]{fill:#14171B}").count(), 2, "{rules}");
        assert_eq!(rules.matches("svg [stroke=\"#0072B2\"]{stroke:#56B4E9}").count(), 2, "{rules}");
        assert_eq!(rules.matches("svg [").count(), 4, "{rules}");
    }
}
