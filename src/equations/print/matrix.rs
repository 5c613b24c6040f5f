//! Constant matrices by the functions that make them.

use super::family::{Family, Sized};
use crate::{
    graph::{Fixed, NodeId, Op},
    text::spelled_double,
};

/// The product of a constant matrix with a value as text; `inside` is the value within parentheses, `before` in front of a bracket.
pub(super) fn product(family: Family<'_>, node: NodeId, [inside, before]: [&str; 2], explicit: bool) -> Option<String> {
    let value = inside;
    let matrix = |sized: &Sized| match &sized.graph.nodes[node.0].op {
        Op::Fixed { matrix, transposed: false, .. } => Some(matrix.clone()),
        _ => None,
    };
    let all: Vec<Fixed> = family.0.iter().map(matrix).collect::<Option<_>>()?;
    let every = |is: &dyn Fn(&Fixed) -> bool| all.iter().all(is);
    let ones = |matrix: &Fixed| {
        matrix.entries().len() == matrix.rows() * matrix.columns()
            && matrix.entries().iter().all(|(_, _, entry)| *entry == 1.0)
    };
    if every(&|matrix| matrix.rows() == 1 && ones(matrix)) {
        return Some(format!("sum({value})"));
    }
    if every(&|matrix| matrix.columns() == 1 && ones(matrix)) {
        let width = explicit.then(|| family.integer(|sized| sized.graph.nodes[node.0].width)).flatten();
        return Some(width.map_or_else(|| format!("spread({value})"), |width| format!("spread({value}, {width})")));
    }
    let is_half = |matrix: &Fixed| matrix.rows() == matrix.columns() && matrix.rows().is_multiple_of(2);
    for (name, inverse) in [("fourier", false), ("inverse_fourier", true)] {
        let is = |matrix: &Fixed| {
            let n = matrix.rows() / 2;
            is_half(matrix) && n <= Fixed::LARGEST_FOURIER && *matrix == Fixed::fourier(n, inverse)
        };
        if every(&is) {
            return Some(format!("{name}({value})"));
        }
    }
    let square = |matrix: &Fixed| matrix.rows() == matrix.columns();
    let gathers =
        |matrix: &Fixed, units: Vec<usize>| square(matrix) && *matrix == Fixed::gather(&units, matrix.columns());
    if every(&|matrix| gathers(matrix, Fixed::shuffled(matrix.rows()))) {
        return Some(format!("shuffle({value})"));
    }
    if let Some(first) = (0..2).find(|first| every(&|matrix| gathers(matrix, Fixed::swapped(matrix.rows(), *first)))) {
        return Some(format!("swap({value}, {first})"));
    }
    slice(family, node, before, &all).or_else(|| paired(value, &all)).or_else(|| listed(family, value, &all))
}

/// The units that a matrix takes to each place, if it does no more than that.
fn units(matrix: &Fixed) -> Option<Vec<usize>> {
    matrix.moves(false)?.into_iter().collect()
}

fn slice(family: Family<'_>, node: NodeId, value: &str, all: &[Fixed]) -> Option<String> {
    let starts: Vec<usize> = all
        .iter()
        .map(|matrix| {
            let units = units(matrix)?;
            let first = *units.first()?;
            units.iter().enumerate().all(|(place, unit)| *unit == first + place).then_some(first)
        })
        .collect::<Option<_>>()?;
    // Sizes have their place in the family.
    let start = |sized: &Sized| {
        let at = family.0.iter().position(|other| std::ptr::eq(other, sized)).unwrap_or(0);
        starts[at]
    };
    let from = family.integer(start)?;
    let to = family.integer(|sized| start(sized) + sized.graph.nodes[node.0].width)?;
    Some(format!("{value}[{from}:{to}]"))
}

fn paired(value: &str, all: &[Fixed]) -> Option<String> {
    let first_entries = all[0].entries();
    let (first, column, _) = *first_entries.first()?;
    let at = |row: usize| {
        first_entries.iter().find(|entry| entry.0 == row && entry.1 == column).map_or(0.0, |entry| entry.2)
    };
    let both = (first, [at(first), at(first + 1)]);
    let second = first.checked_sub(1).map(|before| (before, [0.0, at(first)]));
    [Some(both), second].into_iter().flatten().find_map(|(first, signs)| {
        let same = all.iter().all(|matrix| *matrix == Fixed::paired(matrix.rows(), first, signs));
        let [one, other] = signs.map(spelled_double);
        same.then(|| format!("pairs({value}, {one}, {other}, {first})"))
    })
}

/// The entries one by one, where they are the same at all sizes.
fn listed(family: Family<'_>, value: &str, all: &[Fixed]) -> Option<String> {
    if family.0.len() > 1 && all.iter().any(|matrix| *matrix != all[0]) {
        return None;
    }
    if let Some(units) = units(&all[0]) {
        let units: Vec<String> = units.iter().map(usize::to_string).collect();
        return Some(format!("gather({value}, {})", units.join(", ")));
    }
    let entries =
        all[0].entries().iter().map(|(row, column, entry)| format!("[{row}, {column}, {}]", spelled_double(*entry)));
    let entries: Vec<String> = entries.collect();
    Some(format!("fixed({value}, {}, {})", all[0].rows(), entries.join(", ")))
}
