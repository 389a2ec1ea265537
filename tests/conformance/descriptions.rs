//! Microsoft's descriptions of Resource Manager, as a folder of data.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::tables::Tables;

/// The variable that names the folder.
const VARIABLE: &str = "TENON_AZURE_OPENAPI";

/// The descriptions: documents by `group/file.json`, and the derived tables.
pub(crate) struct Descriptions {
    root: PathBuf,
    documents: BTreeMap<String, Json>,
    pub(crate) tables: Tables,
}

/// A place in a document.
#[derive(Clone, Copy)]
pub(crate) struct Node<'d> {
    pub(crate) file: &'d str,
    pub(crate) json: &'d Json,
}

impl<'d> Node<'d> {
    /// The member `name`, if it is there.
    pub(crate) fn member(self, name: &str) -> Option<Self> {
        let json = self.json.get(name)?;
        Some(Self { json, ..self })
    }

    /// The text of the member `name`.
    pub(crate) fn text(self, name: &str) -> Option<&'d str> {
        self.json.get(name)?.as_str()
    }

    /// Whether the member `name` is there and true.
    pub(crate) fn is(self, name: &str) -> bool {
        self.json.get(name).and_then(Json::as_bool) == Some(true)
    }

    /// The elements of a list.
    pub(crate) fn elements(self) -> impl Iterator<Item = Self> {
        let items = self.json.as_array().into_iter().flatten();
        items.map(move |json| Self { json, ..self })
    }

    /// The members of a map.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'d str, Self)> {
        let items = self.json.as_object().into_iter().flatten();
        items.map(move |(name, json)| (name.as_str(), Self { json, ..self }))
    }
}

/// The descriptions that the environment names; without them a line says that
/// `test` has not looked at anything.
pub(crate) fn find(test: &str) -> Option<Descriptions> {
    let Some(root) = std::env::var_os(VARIABLE) else {
        // Past the capture of the test harness: it should be seen.
        let mut out = std::io::stdout();
        let _ = writeln!(
            out,
            "{test}: skipped, {VARIABLE} does not name a folder with Microsoft's descriptions"
        );
        return None;
    };
    Some(Descriptions::read(Path::new(&root)))
}

impl Descriptions {
    fn read(root: &Path) -> Self {
        let mut documents = BTreeMap::new();
        for folder in entries(root).filter(|path| path.is_dir()) {
            for file in entries(&folder).filter(|path| path.extension() == Some("json".as_ref())) {
                let name = file.strip_prefix(root).expect("inside of the folder");
                let name = name.to_str().expect("plain letters").replace('\\', "/");
                documents.insert(name, json(&file));
            }
        }
        assert!(!documents.is_empty(), "no descriptions in {root:?}");
        Self {
            tables: Tables::read(root),
            root: root.to_owned(),
            documents,
        }
    }

    /// All documents by name.
    pub(crate) fn documents(&self) -> impl Iterator<Item = Node<'_>> {
        let all = self.documents.iter();
        all.map(|(file, json)| Node { file, json })
    }

    /// Where the document `file` comes from, below `specification/`.
    pub(crate) fn source(&self, file: &str) -> Option<String> {
        let index = json(&self.root.join("index.json"));
        let groups = index["groups"].as_array().expect("groups").iter();
        let mut files = groups.flat_map(|group| group["files"].as_array().expect("files"));
        let found = files.find(|one| one["file"] == file)?;
        Some(found["source"].as_str()?.to_owned())
    }

    /// An example that a document refers to.
    pub(crate) fn example(&self, from: &str, reference: &str) -> Json {
        let folder = from.split('/').next().expect("a group");
        let name = reference.trim_start_matches("./");
        json(&self.root.join(folder).join(name))
    }

    /// The node itself, or what its `$ref` names.
    pub(crate) fn resolve<'d>(&'d self, node: Node<'d>) -> Node<'d> {
        let mut node = node;
        while let Some(reference) = node.text("$ref") {
            node = self.target(node.file, reference);
        }
        node
    }

    fn target(&self, from: &str, reference: &str) -> Node<'_> {
        let (file, pointer) = reference.split_once('#').expect("a fragment");
        let file = match file.trim_start_matches("./") {
            "" => from.to_owned(),
            sibling => format!("{}/{sibling}", from.split('/').next().expect("a group")),
        };
        let (file, json) = self
            .documents
            .get_key_value(&file)
            .unwrap_or_else(|| panic!("{from} refers to {file}"));
        let json = json
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{from} refers to {reference}"));
        Node { file, json }
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let read = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut paths: Vec<PathBuf> = read.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths.into_iter()
}

/// A file of JSON.
pub(crate) fn json(path: &Path) -> Json {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}
