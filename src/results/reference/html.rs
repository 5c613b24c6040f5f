//! The page as HTML.

use std::fmt::Write as _;

use super::{
    group::{ABOUT, Group, TITLE},
    settings::{Setting, heading, is_table, settings},
    text::{Block, Span, blocks, spans},
};
use crate::{component::registry::Page, results::stylesheet::STYLESHEET, text::html as escape};

/// Beside the report's style: the table of contents and what a component's page is made of.
const STYLE: &str = include_str!("reference.css");

/// The page of all `groups` as HTML, with a table of contents beside it; no script, no network.
pub fn html(groups: &[Group]) -> String {
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{TITLE}</title>\n\
         <style>\n{STYLESHEET}{STYLE}</style>\n</head>\n<body class=\"reference\">\n"
    );
    contents(&mut html, groups);
    let _ = write!(html, "<main>\n<h1>{TITLE}</h1>\n<p class=\"about\">{ABOUT}</p>\n");
    for group in groups {
        let (id, title, count) = (group.plural, group.title(), group.pages.len());
        let _ = write!(html, "<section>\n<h2 id=\"{id}\">{title} <span class=\"count\">{count}</span></h2>\n");
        overview(&mut html, groups, group);
        for page in &group.pages {
            component(&mut html, groups, group, page);
        }
        html.push_str("</section>\n");
    }
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

/// The page of one component, to be put into another page.
#[derive(Clone, Debug)]
pub struct Article {
    /// The kind, such as `cell`.
    pub kind: String,
    /// The component's name.
    pub name: String,
    /// The name of its place, which its heading has.
    pub anchor: String,
    /// The page as an `article` element.
    pub html: String,
}

/// The pages of all components of `groups`, linked to each other and to nothing else of longlag.
pub fn articles(groups: &[Group]) -> Vec<Article> {
    let pages = groups.iter().flat_map(|group| group.pages.iter().map(move |page| (group, page)));
    let article = |(group, page): (&Group, &Page)| {
        let mut html = String::new();
        component(&mut html, groups, group, page);
        Article { kind: group.singular.to_owned(), name: page.name.to_owned(), anchor: group.anchor(page.name), html }
    };
    pages.map(article).collect()
}

/// All names, beside the page.
fn contents(html: &mut String, groups: &[Group]) {
    html.push_str("<nav class=\"contents\">\n");
    for group in groups {
        let (id, title, count) = (group.plural, group.title(), group.pages.len());
        let _ = write!(html, "<details open>\n<summary><a href=\"#{id}\">{title}</a> {count}</summary>\n<ul>\n");
        for page in &group.pages {
            let _ = writeln!(html, "<li><a href=\"#{}\">{}</a></li>", group.anchor(page.name), escape(page.name));
        }
        html.push_str("</ul>\n</details>\n");
    }
    html.push_str("</nav>\n");
}

/// Each component of the kind in one line.
fn overview(html: &mut String, groups: &[Group], group: &Group) {
    html.push_str("<div class=\"scroll\">\n<table class=\"overview\">\n<tbody>\n");
    for page in &group.pages {
        let name = format!("<a href=\"#{}\">{}</a>", group.anchor(page.name), escape(page.name));
        let summary = line(&page.summary(), &Names { groups, group, own: &[] });
        let _ = writeln!(html, "<tr><th scope=\"row\">{name}</th><td>{summary}</td></tr>");
    }
    html.push_str("</tbody>\n</table>\n</div>\n");
}

fn component(html: &mut String, groups: &[Group], group: &Group, page: &Page) {
    let (id, name, kind) = (group.anchor(page.name), escape(page.name), group.singular);
    let _ = write!(html, "<article>\n<h3 id=\"{id}\">{name} <span class=\"count\">{kind}</span></h3>\n");
    let settings = settings(page);
    let own: Vec<&str> = settings.iter().map(|setting| setting.name.as_str()).chain([page.name]).collect();
    let names = Names { groups, group, own: &own };
    for block in blocks(page.text()) {
        match block {
            Block::Heading(words) => {
                let _ = writeln!(html, "<h4>{}</h4>", line(&words, &names));
            }
            Block::Paragraph(words) => {
                let _ = writeln!(html, "<p>{}</p>", line(&words, &names));
            }
            Block::List(items, numbered) => {
                let tag = if numbered { "ol" } else { "ul" };
                let items = items.iter().map(|item| format!("<li>{}</li>\n", line(item, &names)));
                let _ = writeln!(html, "<{tag}>\n{}</{tag}>", items.collect::<String>());
            }
            Block::Table(rows) => table(html, &rows, &names),
            Block::Code(code) => {
                let _ = writeln!(html, "<pre><code>{}</code></pre>", escape(&code));
            }
        }
    }
    let _ = writeln!(html, "<h4>{}</h4>", heading(page));
    if settings.is_empty() {
        html.push_str("<p>None.</p>\n");
    } else if is_table(page) {
        html.push_str("<div class=\"scroll\">\n<table class=\"settings\">\n<tbody>\n");
        for Setting { name, text, .. } in &settings {
            let _ = writeln!(
                html,
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td></tr>",
                escape(name),
                line(text, &names)
            );
        }
        html.push_str("</tbody>\n</table>\n</div>\n");
    } else {
        html.push_str(
            "<div class=\"scroll\">\n<table class=\"settings\">\n<thead><tr><th>setting</th><th>default</th><th>bounds</th>\
             <th>meaning</th></tr></thead>\n<tbody>\n",
        );
        settings.iter().for_each(|setting| row(html, setting, &names));
        html.push_str("</tbody>\n</table>\n</div>\n");
    }
    html.push_str("</article>\n");
}

fn table(html: &mut String, rows: &[Vec<String>], names: &Names<'_>) {
    html.push_str("<div class=\"scroll\">\n<table>\n");
    for (index, row) in rows.iter().enumerate() {
        let tag = if index == 0 { "th" } else { "td" };
        let cells = row.iter().map(|cell| format!("<{tag}>{}</{tag}>", line(cell, names)));
        let _ = writeln!(html, "<tr>{}</tr>", cells.collect::<String>());
    }
    html.push_str("</table>\n</div>\n");
}

fn row(html: &mut String, setting: &Setting, names: &Names<'_>) {
    let default = setting.default.as_ref().map(|default| format!("<code>{}</code>", escape(default)));
    let default = default.unwrap_or_else(|| "to be given".to_owned());
    let mut meaning = line(&setting.text, names);
    if let Some(choices) = setting.plain_choices() {
        let _ = write!(meaning, "<p>{}</p>", line(&choices, names));
    } else if !setting.choices.is_empty() {
        let choice =
            |(word, text): &(String, String)| format!("<li><code>{}</code> {}</li>", escape(word), line(text, names));
        let _ = write!(meaning, "<ul>{}</ul>", setting.choices.iter().map(choice).collect::<String>());
    }
    if !setting.kinds.is_empty() {
        let linked = setting.kinds.iter().map(|kind| names.kind(kind, &setting.kinds)).collect::<Vec<_>>().join(", ");
        let _ = write!(meaning, "<p class=\"kinds\">{linked}</p>");
    }
    let (name, bounds) = (escape(&setting.name), escape(&setting.bounds.join(", ")));
    let _ = writeln!(
        html,
        "<tr><th scope=\"row\"><code>{name}</code></th><td>{default}</td><td>{bounds}</td><td>{meaning}</td></tr>"
    );
}

/// The components and settings that names in a text may mean.
struct Names<'a> {
    groups: &'a [Group],
    group: &'a Group,
    /// The names of the component's settings, and its own: no links.
    own: &'a [&'a str],
}

impl Names<'_> {
    /// Where a name in code leads: to a component of the same kind, or to the only one that is called so.
    fn target(&self, name: &str) -> Option<String> {
        if self.own.contains(&name) {
            return None;
        }
        let has = |group: &&Group| group.pages.iter().any(|page| page.name == name);
        let mut others = self.groups.iter().filter(has);
        let group = Some(self.group).filter(has).or_else(|| others.next().filter(|_| others.next().is_none()))?;
        Some(group.anchor(name))
    }

    /// The name of one of the `kinds` that a setting takes, with a link to its page.
    fn kind(&self, name: &str, kinds: &[String]) -> String {
        let all = |group: &&Group| kinds.iter().all(|kind| group.pages.iter().any(|page| page.name == kind));
        let target = self.groups.iter().find(all).map(|group| group.anchor(name));
        let shown = escape(name);
        target.map_or(shown.clone(), |target| format!("<a href=\"#{target}\">{shown}</a>"))
    }
}

/// One paragraph's inside.
fn line(text: &str, names: &Names<'_>) -> String {
    let shown = |span: Span| match span {
        Span::Plain(text) => escape(&text),
        Span::Emphasis(text) => format!("<em>{}</em>", escape(&text)),
        Span::Strong(text) => format!("<strong>{}</strong>", escape(&text)),
        Span::Link(words, address) => format!("<a href=\"{}\">{}</a>", escape(&address), escape(&words)),
        Span::Code(code) => {
            let shown = format!("<code>{}</code>", escape(&code));
            names.target(&code).map_or(shown.clone(), |target| format!("<a href=\"#{target}\">{shown}</a>"))
        }
    };
    spans(text).into_iter().map(shown).collect()
}
