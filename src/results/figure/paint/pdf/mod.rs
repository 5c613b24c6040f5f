//! PDF: a page of vector marks with the typeface embedded, the same bytes on every machine.

mod content;
mod document;
mod embedded;

use self::{content::Content, document::Document, embedded::Embedded};
use crate::results::figure::error::RenderError;
use crate::results::figure::layout::scene::Scene;
use crate::results::figure::style::font::Weight;

/// The scene as a PDF file of one page, as large as the scene.
pub fn pdf(scene: &Scene) -> Result<Vec<u8>, RenderError> {
    let mut fonts = [Embedded::new(Weight::Regular)?, Embedded::new(Weight::Bold)?];
    let content = Content::of(scene, &mut fonts);
    let mut document = Document::begin();
    // The page needs its resources' numbers, the catalogue the page's.
    let (catalogue, pages, page) = (document.reserve(), document.reserve(), document.reserve());
    let stream = document.stream("", &content.operators);
    let mut resources = String::new();
    for (font, name) in fonts.iter().zip(["F0", "F1"]) {
        if font.is_used() {
            let number = font.write(&mut document);
            resources.push_str(&format!("/{name} {number} 0 R "));
        }
    }
    let states = content.opacities.iter().enumerate();
    let states: String = states.map(|(index, alpha)| format!("/G{index} <</ca {alpha}>> ")).collect();
    document.object(catalogue, &format!("<</Type /Catalog /Pages {pages} 0 R /Lang (en)>>"));
    document.object(pages, &format!("<</Type /Pages /Kids [{page} 0 R] /Count 1>>"));
    document.object(
        page,
        &format!(
            "<</Type /Page /Parent {pages} 0 R /MediaBox [0 0 {} {}] /Contents {stream} 0 R \
             /Resources <</Font <<{resources}>> /ExtGState <<{states}>>>>>>",
            scene.width, scene.height
        ),
    );
    let information = document.reserve();
    document.object(information, &format!("<</Title {} /Producer (longlag)>>", document::text(&scene.title)));
    Ok(document.end(catalogue, information))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::figure::layout::scene::{Anchor, Text};
    use crate::results::figure::style::palette::INK;
    use crate::results::figure::style::{BODY, CURVE};

    fn scene() -> Scene {
        let mut scene = Scene { width: 482.0, height: 100.0, title: "∂L ≤ 10⁻³".to_owned(), ..Scene::default() };
        scene.line(vec![(10.0, 10.0), (470.0, 90.0)], INK, CURVE);
        scene.area(vec![(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], INK, 0.14);
        let (text, weight, anchor) = ("λ (50) \\ é 漢".to_owned(), Weight::Regular, Anchor::Middle);
        scene.text(Text { at: (240.0, 50.0), text, size: BODY, weight, color: INK, anchor });
        scene
    }

    /// The offsets of the cross-reference table are where objects begin, and the trailer counts them.
    #[test]
    fn every_object_is_where_the_table_says() {
        let file = pdf(&scene()).unwrap();
        let text = |from: usize| String::from_utf8_lossy(&file[from..]).into_owned();
        assert!(file.starts_with(b"%PDF-1.7\n") && file.ends_with(b"%%EOF\n"));
        let start: usize = text(0).rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        let table = text(start);
        let count: usize = table.lines().nth(1).unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        assert!(count > 8 && table.contains(&format!("/Size {count} ")), "{count}");
        for (number, entry) in table.lines().skip(3).take(count - 1).enumerate() {
            let offset: usize = entry.split(' ').next().unwrap().parse().unwrap();
            let head = format!("{} 0 obj\n", number + 1);
            assert!(file[offset..].starts_with(head.as_bytes()), "{number}: {entry}");
        }
        // One weight is used, so one font is embedded.
        assert_eq!(text(0).matches("/FontFile2").count(), 1);
    }

    #[test]
    fn the_same_scene_gives_the_same_bytes_and_no_clock() {
        let file = pdf(&scene()).unwrap();
        assert!(file == pdf(&scene()).unwrap());
        let text: String = file.iter().map(|byte| char::from(*byte)).collect();
        assert!(!text.contains("Date") && !text.contains("/ID"));
    }
}
