//! The structure of the sources: which room may know which, and that no two files need each other.
//!
//! A name is followed through re-exports to the file that defines it. A folder's `mod.rs` is its face: what it declares for
//! its folder, and lists of it, makes no circle with the files inside.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;

/// Rooms from the lowest up: each knows those before it only.
const ROOMS: [&str; 17] = [
    "text",
    "data",
    "seed",
    "stats",
    "graph",
    "equations",
    "compute",
    "component",
    "model",
    "engine",
    "train",
    "store",
    "results",
    "suite",
    "plan",
    "run",
    "cli",
];

/// A module's path from the crate's root: empty for the root.
type Name = Vec<String>;

/// A file of the crate as others see it.
#[derive(Debug, Default)]
struct Module {
    file: PathBuf,
    children: BTreeSet<String>,
    /// The names that `use` brings in, with their absolute paths.
    imports: HashMap<String, Name>,
    /// The modules of which `use` brings in everything.
    globs: Vec<Name>,
    /// The absolute paths that are mentioned.
    mentions: BTreeSet<Name>,
}

/// Every module that is compiled into the program, by its path. Tests are left out.
fn modules() -> BTreeMap<Name, Module> {
    let mut modules = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    read(&root.join("lib.rs"), &root, vec![], &mut modules);
    modules
}

/// Reads a module's file and those of its children, which lie in `folder`.
fn read(file: &Path, folder: &Path, name: Name, modules: &mut BTreeMap<Name, Module>) {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut reader = Reader { name: name.clone(), module: Module { file: file.to_owned(), ..Module::default() } };
    let compiled = parsed.items.iter().filter(|item| !is_of_tests(item));
    for item in compiled.clone() {
        if let syn::Item::Mod(declared) = item
            && declared.content.is_none()
        {
            reader.module.children.insert(declared.ident.to_string());
        }
    }
    for item in compiled.clone() {
        if let syn::Item::Use(item) = item {
            reader.import(&item.tree, &mut vec![]);
        }
    }
    for item in compiled.clone().filter(|item| !matches!(item, syn::Item::Use(_) | syn::Item::Mod(_))) {
        reader.mention(item.to_token_stream());
    }
    for item in compiled {
        let syn::Item::Mod(declared) = item else { continue };
        if declared.content.is_some() {
            continue;
        }
        let child = declared.ident.to_string();
        let [single, whole] = [folder.join(format!("{child}.rs")), folder.join(&child).join("mod.rs")];
        let file = if single.is_file() { single } else { whole };
        read(&file, &folder.join(&child), [&name[..], &[child]].concat(), modules);
    }
    modules.insert(name, reader.module);
}

/// Whether an item is compiled for tests only.
fn is_of_tests(item: &syn::Item) -> bool {
    let (syn::Item::Mod(syn::ItemMod { attrs, .. })
    | syn::Item::Use(syn::ItemUse { attrs, .. })
    | syn::Item::Fn(syn::ItemFn { attrs, .. })
    | syn::Item::Impl(syn::ItemImpl { attrs, .. })) = item
    else {
        return false;
    };
    attrs.iter().any(|attribute| {
        let list = attribute.path().is_ident("cfg").then(|| attribute.parse_args::<syn::Path>());
        list.is_some_and(|what| what.is_ok_and(|what| what.is_ident("test")))
    })
}

struct Reader {
    name: Name,
    module: Module,
}

impl Reader {
    /// The absolute form of a path as it is written in this module, if it leads into the crate.
    fn absolute(&self, path: &[String]) -> Option<Name> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([&self.name[..], rest].concat()),
            "super" => {
                let mut base = &self.name[..self.name.len().checked_sub(1)?];
                let mut rest = rest;
                while rest.first().is_some_and(|segment| segment == "super") {
                    (base, rest) = (&base[..base.len().checked_sub(1)?], &rest[1..]);
                }
                Some([base, rest].concat())
            }
            child if self.module.children.contains(child) => Some([&self.name[..], path].concat()),
            _ => None,
        }
    }

    /// Notes the paths among tokens, those in macros included.
    fn mention(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = vec![];
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if colons == 2 => path.push(ident.to_string()),
                TokenTree::Ident(ident) => {
                    self.mention_path(&std::mem::replace(&mut path, vec![ident.to_string()]));
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                    continue;
                }
                other => {
                    self.mention_path(&std::mem::take(&mut path));
                    if let TokenTree::Group(group) = other {
                        self.mention(group.stream());
                    }
                }
            }
            colons = 0;
        }
        self.mention_path(&path);
    }

    fn mention_path(&mut self, path: &[String]) {
        if path.len() < 2 {
            return;
        }
        if let Some(target) = self.absolute(path) {
            self.module.mentions.insert(target);
        } else if let Some(imported) = self.module.imports.get(&path[0]) {
            self.module.mentions.insert([&imported[..], &path[1..]].concat());
        }
    }

    fn import(&mut self, tree: &syn::UseTree, before: &mut Vec<String>) {
        let whole = |before: &[String], last: Option<String>| [before, last.as_slice()].concat();
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.import(&path.tree, before);
                before.pop();
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, before)),
            syn::UseTree::Glob(_) => self.module.globs.extend(self.absolute(before)),
            syn::UseTree::Name(syn::UseName { ident }) | syn::UseTree::Rename(syn::UseRename { ident, .. }) => {
                let last = (ident != "self").then(|| ident.to_string());
                let Some(target) = self.absolute(&whole(before, last)) else { return };
                let local = match tree {
                    syn::UseTree::Rename(renamed) => renamed.rename.to_string(),
                    _ => target.last().cloned().unwrap_or_default(),
                };
                self.module.mentions.insert(target.clone());
                self.module.imports.insert(local, target);
            }
        }
    }
}

/// The module that defines what `path` leads to; None where it is a module itself.
fn definition(modules: &BTreeMap<Name, Module>, path: &[String], depth: usize) -> Option<Name> {
    assert!(depth < 20, "{path:?} is re-exported in a circle");
    let mut at: Name = vec![];
    for (place, segment) in path.iter().enumerate() {
        let module = &modules[&at];
        if module.children.contains(segment) {
            at.push(segment.clone());
            continue;
        }
        let rest = &path[place + 1..];
        if let Some(target) = module.imports.get(segment) {
            return definition(modules, &[&target[..], rest].concat(), depth + 1);
        }
        return Some(at);
    }
    None
}

/// Which file's module needs which other's, with the name that it needs.
fn arrows(modules: &BTreeMap<Name, Module>) -> BTreeMap<(Name, Name), Name> {
    let mut arrows = BTreeMap::new();
    for (name, module) in modules {
        let globs = module.globs.iter().map(|glob| (glob.clone(), glob));
        let named = module.mentions.iter().filter_map(|path| Some((definition(modules, path, 0)?, path)));
        for (target, path) in globs.chain(named) {
            if target != *name {
                arrows.entry((name.clone(), target)).or_insert_with(|| path.clone());
            }
        }
    }
    arrows
}

fn shown(modules: &BTreeMap<Name, Module>, name: &Name) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    modules[name].file.strip_prefix(root).unwrap_or(&modules[name].file).display().to_string()
}

#[test]
fn rooms_know_only_lower_ones() {
    let modules = modules();
    let rooms: BTreeSet<&str> = modules[&vec![]].children.iter().map(String::as_str).collect();
    let unranked: Vec<&&str> = rooms.iter().filter(|room| !ROOMS.contains(room)).collect();
    assert!(unranked.is_empty(), "{unranked:?}: say in {} above which rooms it stands", file!());
    let rank = |name: &Name| ROOMS.iter().position(|room| name.first().is_some_and(|first| first == room));
    let upward: Vec<String> = arrows(&modules)
        .iter()
        .filter(|((from, to), _)| rank(from).is_some() && rank(from) < rank(to))
        .map(|((from, to), path)| {
            format!("{} needs {} of {}", shown(&modules, from), path.join("::"), shown(&modules, to))
        })
        .collect();
    assert!(upward.is_empty(), "these know a higher room:\n{}", upward.join("\n"));
}

#[test]
fn no_two_files_need_each_other() {
    let modules = modules();
    let arrows = arrows(&modules);
    let mut needs: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    for (from, to) in arrows.keys() {
        // Between a folder's face and what is in the folder.
        if !(from.starts_with(to) || to.starts_with(from)) {
            needs.entry(from).or_default().push(to);
        }
    }
    let reachable = |start: &Name| {
        let mut found: BTreeSet<&Name> = BTreeSet::new();
        let mut open = needs.get(start).cloned().unwrap_or_default();
        while let Some(next) = open.pop() {
            if found.insert(next) {
                open.extend(needs.get(next).into_iter().flatten());
            }
        }
        found
    };
    let reached: BTreeMap<&Name, BTreeSet<&Name>> = needs.keys().map(|name| (*name, reachable(name))).collect();
    let mut circles = vec![];
    for ((from, to), path) in &arrows {
        let counted = needs.get(from).is_some_and(|needed| needed.contains(&to));
        if counted && reached.get(to).is_some_and(|back| back.contains(from)) {
            circles.push(format!("{} needs {} of {}", shown(&modules, from), path.join("::"), shown(&modules, to)));
        }
    }
    assert!(circles.is_empty(), "these are in circles:\n{}", circles.join("\n"));
}

/// The reader follows names, so that the two laws above cannot hold for want of arrows.
#[test]
fn arrows_are_found() {
    let modules = modules();
    let arrows = arrows(&modules);
    let name = |path: &str| -> Name { path.split("::").map(str::to_owned).collect() };
    for (from, to) in [
        ("engine::fused::tape", "component::task::batch"),
        ("component::cell::gru", "component::cell"),
        ("model::network", "component::parameter"),
        ("engine::backend", "compute::kernel::isa"),
        ("component::init::orthogonal", "compute::linalg::householder"),
    ] {
        assert!(arrows.contains_key(&(name(from), name(to))), "{from} to {to}");
    }
    assert!(arrows.len() > 500, "{}", arrows.len());
}
