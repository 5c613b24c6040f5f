//! Tests of both forms of the page.

use super::{Group, html, markdown, settings};
use crate::component::{activation::ActivationSpec, cell::CellSpec};

fn groups() -> Vec<Group> {
    vec![
        Group { plural: "cells", singular: "cell", pages: CellSpec::pages() },
        Group { plural: "activations", singular: "activation", pages: ActivationSpec::pages() },
    ]
}

#[test]
fn both_forms_hold_every_component_and_setting() {
    let groups = groups();
    let (markdown, html) = (markdown(&groups), html(&groups));
    for group in &groups {
        for page in &group.pages {
            let anchor = format!("id=\"{}\"", group.anchor(page.name));
            assert_eq!(markdown.matches(&anchor).count(), 1, "{anchor} in Markdown");
            assert_eq!(html.matches(&anchor).count(), 1, "{anchor} in HTML");
            for setting in settings(page) {
                assert!(markdown.contains(&format!("| `{}` |", setting.name)), "{} {}", page.name, setting.name);
                assert!(html.contains(&format!("<code>{}</code>", setting.name)), "{} {}", page.name, setting.name);
            }
        }
    }
}

/// Links lead somewhere, and tags are closed in order.
#[test]
fn the_page_hangs_together() {
    let html = html(&groups());
    for part in html.split("href=\"#").skip(1) {
        let target = part.split('"').next().expect("a target");
        assert!(html.contains(&format!("id=\"{target}\"")), "#{target} leads nowhere");
    }
    let mut open: Vec<&str> = vec![];
    for part in html.split('<').skip(1) {
        let tag = part.split(['>', ' ', '\n']).next().expect("a tag");
        match tag.strip_prefix('/') {
            Some(tag) => assert_eq!(open.pop(), Some(tag), "before </{tag}>{}", part.get(..40).unwrap_or(part)),
            None if matches!(tag, "!DOCTYPE" | "meta") => {}
            None => open.push(tag),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}
