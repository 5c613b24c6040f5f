//! The report as one page of HTML that needs no other file, no script and no network.

use std::fmt::Write as _;

use super::contents::{Report, ReportTable};
use super::inline;
use crate::results::figure::style::dark_rules;
use crate::results::stylesheet;
use crate::text::html as escape;

pub(super) fn write(report: &Report) -> String {
    let name = escape(&report.name);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{name} · longlag</title>\n\
         <style>\n{}{}</style>\n</head>\n<body>\n<main>\n<h1>{name}</h1>\n",
        stylesheet::with_typeface(),
        dark_rules(report.figures.iter().map(|figure| figure.svg.as_str())),
    );
    if !report.about.is_empty() {
        let _ = writeln!(page, "<p class=\"about\">{}</p>", escape(&report.about));
    }
    if !report.warnings.is_empty() {
        page.push_str("<section class=\"warnings\">\n<h2>Mind these first</h2>\n<ul>\n");
        for warning in &report.warnings {
            let _ = writeln!(page, "<li>{}</li>", escape(warning));
        }
        page.push_str("</ul>\n</section>\n");
    }
    contents(&mut page, report);
    if let Some(claims) = &report.claims {
        section(&mut page, "claims", claims);
    }
    if !report.reading.is_empty() {
        page.push_str("<section>\n<h2 id=\"reading\">How to read this</h2>\n");
        for reading in &report.reading {
            let _ = writeln!(page, "<p>{}</p>", escape(reading));
        }
        page.push_str("</section>\n");
    }
    for (index, table) in report.tables.iter().enumerate() {
        section(&mut page, &format!("table-{}", index + 1), table);
    }
    for (index, figure) in report.figures.iter().enumerate() {
        let id = format!("figure-{}", index + 1);
        let _ = writeln!(
            page,
            "<section>\n<h2 id=\"{id}\">{}</h2>\n<figure>\n<div class=\"sheet\">\n{}\n</div>\n<figcaption>{}</figcaption>\n\
             </figure>\n</section>",
            escape(&figure.title),
            inline::svg(&figure.svg, &id),
            escape(&figure.caption),
        );
    }
    if !report.commands.is_empty() {
        let lines: Vec<String> = report.commands.iter().map(|command| escape(command)).collect();
        let lines = lines.join("\n");
        let _ = writeln!(
            page,
            "<section>\n<h2 id=\"reproduce\">Reproduce</h2>\n<pre><code>{lines}</code></pre>\n</section>"
        );
    }
    if !report.manifest.is_empty() {
        page.push_str(
            "<section>\n<h2 id=\"manifest\">Manifest</h2>\n<div class=\"scroll\">\n<table class=\"manifest\">\n",
        );
        for (key, value) in &report.manifest {
            let _ = writeln!(page, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escape(key), escape(value));
        }
        page.push_str("</table>\n</div>\n</section>\n");
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// A table with its heading.
fn section(page: &mut String, id: &str, table: &ReportTable) {
    let _ = writeln!(page, "<section>\n<h2 id=\"{id}\">{}</h2>", escape(&table.title));
    if !table.caption.is_empty() {
        let _ = writeln!(page, "<p>{}</p>", escape(&table.caption));
    }
    let _ = writeln!(page, "<div class=\"scroll\">\n{}\n</div>\n</section>", table.html.trim_end());
}

/// Links to the sections.
fn contents(page: &mut String, report: &Report) {
    let mut links: Vec<(String, &str)> = Vec::new();
    links.extend(report.claims.iter().map(|claims| ("claims".to_owned(), claims.title.as_str())));
    links.extend(report.tables.iter().enumerate().map(|(i, s)| (format!("table-{}", i + 1), s.title.as_str())));
    links.extend(report.figures.iter().enumerate().map(|(i, f)| (format!("figure-{}", i + 1), f.title.as_str())));
    if !report.commands.is_empty() {
        links.push(("reproduce".to_owned(), "Reproduce"));
    }
    if links.len() < 2 {
        return;
    }
    page.push_str("<nav>\n");
    for (id, title) in links {
        let _ = writeln!(page, "<a href=\"#{id}\">{}</a>", escape(title));
    }
    page.push_str("</nav>\n");
}

#[cfg(test)]
mod tests {
    use super::super::contents::example;
    use super::*;

    #[test]
    fn everything_is_escaped() {
        let mut report = example();
        report.name = "<script>alert('x')</script>".to_owned();
        report.commands = vec!["a < b && c".to_owned()];
        let page = write(&report);
        assert!(!page.contains("<script"));
        assert!(page.contains("&amp; is &quot;L &lt; 0.01&quot; learnt?"));
        assert!(page.contains("a &lt; b &amp;&amp; c"));
    }

    #[test]
    fn the_page_needs_nothing_else() {
        let page = write(&example());
        for outside in ["http://", "https://", "<link", "src=\"", "@import", "<?xml"] {
            assert!(!page.contains(outside), "{outside}");
        }
    }

    #[test]
    fn ids_are_unique() {
        let page = write(&example());
        let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
        assert!(ids.contains(&"figure-2-a"), "{ids:?}");
    }

    #[test]
    fn every_link_has_its_section() {
        let page = write(&example());
        for link in page.split("<a href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(page.contains(&format!("id=\"{link}\"")), "{link}");
        }
    }
}
