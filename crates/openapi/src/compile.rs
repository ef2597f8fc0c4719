//! From the tree of a document to what requests are held against; faults are collected, not only the first.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::error::{DocumentError, FaultList, Problem};
use crate::parameter::{Parameter, Place, Wire};
use crate::path::{Found, TemplateError, Trie};
use crate::read::{self, join, resolved};
use crate::schema::{Dialect, Fields, SchemaId, Schemas, Translator};
use crate::value::{Types, percent_decoded};

pub const MAX_OPERATIONS: usize = 5_000;
/// Parameters of one operation.
pub const MAX_PARAMETERS: usize = 100;

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];
/// Described elsewhere in a document, so not as parameters (OpenAPI 3.1, 4.8.12.2.1).
const OWN_HEADERS: &[&str] = &["accept", "content-type", "authorization"];

/// A compiled OpenAPI document: immutable, and shared between threads.
pub struct Document {
    bases: Vec<Box<str>>,
    trie: Trie,
    paths: Vec<PathItem>,
    schemas: Schemas,
    /// Names of query parameters that carry keys.
    api_keys: Vec<Box<str>>,
}

struct PathItem {
    template: Box<str>,
    /// By method in upper case.
    operations: Vec<(Box<str>, Operation)>,
}

pub(crate) struct Operation {
    id: Option<Box<str>>,
    /// In the order of the template; none for those that were not described.
    pub(crate) path: Vec<Option<Parameter>>,
    pub(crate) query: Vec<Parameter>,
    /// Headers and cookies.
    pub(crate) others: Vec<Parameter>,
    pub(crate) body: Option<Body>,
}

pub(crate) struct Body {
    pub(crate) required: bool,
    /// By media range, in lower case and without parameters.
    pub(crate) contents: Vec<(Box<str>, Content)>,
}

pub(crate) enum Content {
    Json(SchemaId),
    Form(SchemaId, Fields),
    /// Only the type is checked.
    Opaque,
}

/// One operation, for a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationInfo<'a> {
    /// In upper case.
    pub method: &'a str,
    pub template: &'a str,
    pub operation_id: Option<&'a str>,
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("bases", &self.bases).field("paths", &self.paths.len()).finish_non_exhaustive()
    }
}

impl Document {
    /// Reads and compiles OpenAPI 3.0 or 3.1, in JSON or YAML.
    pub fn compile(bytes: &[u8]) -> Result<Self, DocumentError> {
        let document = read::read(bytes)?;
        let mut faults = FaultList::default();
        let dialect = match document.get("openapi").and_then(Value::as_str) {
            Some(version) if version.starts_with("3.0.") => Dialect::V30,
            Some(version) if version.starts_with("3.1.") => Dialect::V31,
            Some(_) => {
                faults.add("/openapi", Problem::Version);
                return Err(faults.into_error());
            }
            None => {
                faults.add("/openapi", Problem::Missing);
                return Err(faults.into_error());
            }
        };
        let mut compiler = Compiler {
            document: &document,
            translator: Translator::new(&document, dialect),
            asked: HashSet::new(),
            operations: 0,
            faults,
        };
        let (trie, mut paths) = compiler.paths();
        compiler.translator.translate(&mut compiler.faults);
        if !compiler.faults.is_empty() {
            return Err(compiler.faults.into_error());
        }
        for path in &mut paths {
            compiler.fill(path);
        }
        let Compiler { translator, asked, mut faults, .. } = compiler;
        let schemas = translator.finish(&asked, &mut faults);
        if !faults.is_empty() {
            return Err(faults.into_error());
        }
        Ok(Self { bases: bases(&document), trie, paths, schemas, api_keys: api_keys(&document) })
    }

    /// The same document under another base path than its servers name: `/api/v2`, or empty.
    #[must_use]
    pub fn with_base_path(mut self, base: &str) -> Self {
        self.bases = vec![normalised_base(base)];
        self
    }

    /// Every operation, in the order of the document's paths.
    pub fn operations(&self) -> impl Iterator<Item = OperationInfo<'_>> {
        self.paths.iter().flat_map(|path| {
            path.operations.iter().map(|(method, operation)| OperationInfo {
                method,
                template: &path.template,
                operation_id: operation.id.as_deref(),
            })
        })
    }

    /// The template of a path, without the base path: what limits use as `path_template`.
    pub fn path_template(&self, path: &str) -> Option<&str> {
        let found = self.find(path)?;
        self.paths.get(found.path).map(|path| &*path.template)
    }

    pub(crate) fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    pub(crate) fn is_api_key(&self, name: &str) -> bool {
        self.api_keys.iter().any(|key| **key == *name)
    }

    pub(crate) fn find(&self, path: &str) -> Option<Found> {
        let decoded =
            |segment: &str| percent_decoded(segment.as_bytes(), false).filter(|text| text != "." && text != "..");
        let under =
            self.bases.iter().filter_map(|base| path.strip_prefix(&**base)).filter(|rest| rest.starts_with('/'));
        under.into_iter().find_map(|rest| {
            let segments = rest.split('/').skip(1).map(decoded).collect::<Option<Vec<_>>>()?;
            self.trie.find(&segments)
        })
    }

    /// A server answers HEAD where it answers GET (RFC 9110, 9.3.2).
    pub(crate) fn operation_of(&self, path: usize, method: &str) -> Option<&Operation> {
        let operations = &self.paths.get(path)?.operations;
        let named =
            |wanted: &str| operations.iter().find(|(method, _)| **method == *wanted).map(|(_, operation)| operation);
        named(method).or_else(|| named("GET").filter(|_| method == "HEAD"))
    }

    pub(crate) fn methods(&self, path: &str) -> String {
        let path = self.find(path).and_then(|found| self.paths.get(found.path));
        let methods = path.into_iter().flat_map(|path| &path.operations).map(|(method, _)| &**method);
        methods.collect::<Vec<_>>().join(" or ")
    }
}

struct Compiler<'d> {
    document: &'d Value,
    translator: Translator<'d>,
    /// Schemas whose validators are needed.
    asked: HashSet<SchemaId>,
    operations: usize,
    faults: FaultList,
}

impl<'d> Compiler<'d> {
    fn paths(&mut self) -> (Trie, Vec<PathItem>) {
        let (mut trie, mut paths) = (Trie::default(), Vec::new());
        let Some(described) = self.document.get("paths").and_then(Value::as_object) else {
            self.faults.add("/paths", Problem::Missing);
            return (trie, paths);
        };
        for (template, item) in described.iter().filter(|(template, _)| !template.starts_with("x-")) {
            let pointer = join("/paths", template);
            let names = match trie.insert(template, paths.len()) {
                Ok(names) => names,
                Err(TemplateError::Shape(expected)) => {
                    self.faults.add(pointer, Problem::Kind(expected));
                    continue;
                }
                Err(TemplateError::Same(same)) => {
                    let same = paths.get(same).map(|path: &PathItem| path.template.to_string()).unwrap_or_default();
                    self.faults.add(pointer, Problem::SamePath(same));
                    continue;
                }
            };
            let operations = self.path_item(item, &pointer, &names);
            paths.push(PathItem { template: template.as_str().into(), operations });
        }
        (trie, paths)
    }

    fn path_item(&mut self, item: &'d Value, pointer: &str, names: &[Box<str>]) -> Vec<(Box<str>, Operation)> {
        let Some((item, pointer)) = resolved(self.document, item, pointer, &mut self.faults) else { return Vec::new() };
        let Some(item) = self.object(Some(item), &pointer) else { return Vec::new() };
        let mut shared = Vec::new();
        self.parameters(item, &pointer, &mut shared);
        let mut operations = Vec::new();
        for method in METHODS {
            let Some(operation) = item.get(*method) else { continue };
            let place = join(&pointer, method);
            self.operations += 1;
            if self.operations > MAX_OPERATIONS {
                self.faults.add(place, Problem::TooManyOperations);
                break;
            }
            if let Some(operation) = self.operation(operation, &place, names, &shared) {
                operations.push((method.to_ascii_uppercase().into(), operation));
            }
        }
        operations
    }

    fn operation(
        &mut self,
        operation: &'d Value,
        pointer: &str,
        names: &[Box<str>],
        shared: &[Parameter],
    ) -> Option<Operation> {
        let operation = self.object(Some(operation), pointer)?;
        let mut parameters = Vec::new();
        self.parameters(operation, pointer, &mut parameters);
        // What the operation describes replaces what its path does.
        let is_new = |shared: &&Parameter| {
            !parameters.iter().any(|own: &Parameter| own.place == shared.place && own.name == shared.name)
        };
        let inherited: Vec<Parameter> = shared.iter().filter(is_new).cloned().collect();
        parameters.extend(inherited);
        let mut path: Vec<Option<Parameter>> = names.iter().map(|_| None).collect();
        let (mut query, mut others) = (Vec::new(), Vec::new());
        for parameter in parameters {
            match parameter.place {
                Place::Query => query.push(parameter),
                Place::Header | Place::Cookie => others.push(parameter),
                Place::Path => {
                    let at = names.iter().position(|name| *name == parameter.name);
                    if let Some(slot) = at.and_then(|at| path.get_mut(at)) {
                        *slot = Some(parameter);
                    }
                }
            }
        }
        for (name, _) in names.iter().zip(&path).filter(|(_, parameter)| parameter.is_none()) {
            self.faults.add(pointer, Problem::PathParameter(name.to_string()));
        }
        let id = operation.get("operationId").and_then(Value::as_str).map(Into::into);
        let body = operation.get("requestBody").and_then(|body| self.body(body, &join(pointer, "requestBody")));
        Some(Operation { id, path, query, others, body })
    }

    fn parameters(&mut self, owner: &'d Map<String, Value>, pointer: &str, parameters: &mut Vec<Parameter>) {
        let pointer = join(pointer, "parameters");
        let Some(list) = owner.get("parameters") else { return };
        let Some(list) = list.as_array() else { return self.faults.add(pointer, Problem::Kind("a list")) };
        if list.len() > MAX_PARAMETERS {
            return self.faults.add(pointer, Problem::TooManyParameters);
        }
        for (at, parameter) in list.iter().enumerate() {
            let parameter = self.parameter(parameter, &format!("{pointer}/{at}"));
            parameters.extend(parameter);
        }
    }

    fn parameter(&mut self, parameter: &'d Value, pointer: &str) -> Option<Parameter> {
        let (parameter, pointer) = resolved(self.document, parameter, pointer, &mut self.faults)?;
        let parameter = self.object(Some(parameter), &pointer)?;
        let text = |key: &str| parameter.get(key).and_then(Value::as_str);
        let flag = |key: &str| parameter.get(key).and_then(Value::as_bool);
        let Some(name) = text("name").filter(|name| !name.is_empty()) else {
            self.faults.add(join(&pointer, "name"), Problem::Missing);
            return None;
        };
        let place = match text("in") {
            Some("path") => Place::Path,
            Some("query") => Place::Query,
            Some("header") if OWN_HEADERS.iter().any(|own| name.eq_ignore_ascii_case(own)) => return None,
            Some("header") => Place::Header,
            Some("cookie") => Place::Cookie,
            _ => {
                self.faults.add(join(&pointer, "in"), Problem::Kind("path, query, header or cookie"));
                return None;
            }
        };
        let json = parameter.get("content").and_then(Value::as_object).and_then(|content| content.iter().next());
        let (schema, mut wire) = match (json, parameter.get("schema")) {
            (_, Some(_)) => {
                let explode = flag("explode");
                (join(&pointer, "schema"), wire(place, text("style"), explode))
            }
            (Some((range, _)), None) if is_json(&essence(range)) => {
                (format!("{}/schema", join(&join(&pointer, "content"), range)), Wire::Json)
            }
            (Some((range, _)), None) => {
                (format!("{}/schema", join(&join(&pointer, "content"), range)), Wire::Unchecked(Vec::new()))
            }
            (None, None) => {
                self.faults.add(join(&pointer, "schema"), Problem::Missing);
                return None;
            }
        };
        if parameter.contains_key("content") && self.document.pointer(&schema).is_none() {
            wire = Wire::Unchecked(Vec::new());
        }
        let schema = self.translator.ask(&schema, &mut self.faults);
        self.asked.insert(schema);
        let name = if place == Place::Header { name.to_ascii_lowercase() } else { name.to_owned() };
        Some(Parameter {
            name: name.into(),
            place,
            required: place == Place::Path || flag("required") == Some(true),
            may_be_empty: flag("allowEmptyValue") == Some(true),
            wire,
            types: Types::ALL,
            item_types: Types::ALL,
            schema,
        })
    }

    fn body(&mut self, body: &'d Value, pointer: &str) -> Option<Body> {
        let (body, pointer) = resolved(self.document, body, pointer, &mut self.faults)?;
        let place = join(&pointer, "content");
        let content = self.object(body.get("content"), &place)?;
        let mut contents = Vec::new();
        for (range, media) in content {
            let (essence, schema) = (essence(range), format!("{}/schema", join(&place, range)));
            let is_form = essence == "application/x-www-form-urlencoded";
            let content = if media.get("schema").is_some() && (is_form || is_json(&essence)) {
                let schema = self.translator.ask(&schema, &mut self.faults);
                self.asked.insert(schema);
                if is_form { Content::Form(schema, Fields::new()) } else { Content::Json(schema) }
            } else {
                Content::Opaque
            };
            contents.push((essence.into(), content));
        }
        Some(Body { required: body.get("required") == Some(&Value::Bool(true)), contents })
    }

    /// What only translated schemas tell: types, and with them lists and fields.
    fn fill(&self, path: &mut PathItem) {
        for (_, operation) in &mut path.operations {
            let of_path = operation.path.iter_mut().flatten();
            for parameter in of_path.chain(&mut operation.query).chain(&mut operation.others) {
                let facets = self.translator.facets(parameter.schema);
                (parameter.types, parameter.item_types) = (facets.types(), facets.item_types());
                let is_object = parameter.types.is_only(Types::OBJECT);
                parameter.wire = match std::mem::replace(&mut parameter.wire, Wire::Single) {
                    Wire::List(_) if is_object => Wire::Unchecked(facets.fields().into_keys().collect()),
                    Wire::List(_) if !parameter.types.is_only(Types::ARRAY) => Wire::Single,
                    other => other,
                };
            }
            for (_, content) in operation.body.iter_mut().flat_map(|body| &mut body.contents) {
                if let Content::Form(schema, fields) = content {
                    *fields = self.translator.facets(*schema).fields();
                }
            }
        }
    }

    fn object(&mut self, value: Option<&'d Value>, pointer: &str) -> Option<&'d Map<String, Value>> {
        match value {
            Some(Value::Object(object)) => return Some(object),
            Some(_) => self.faults.add(pointer, Problem::Kind("an object")),
            None => self.faults.add(pointer, Problem::Missing),
        }
        None
    }
}

/// How lists of this style are written; whether the parameter is a list, its schema tells later.
fn wire(place: Place, style: Option<&str>, explode: Option<bool>) -> Wire {
    match (place, style) {
        (Place::Query | Place::Cookie, None | Some("form")) => Wire::List((explode == Some(false)).then_some(b',')),
        (Place::Query, Some("spaceDelimited")) => Wire::List((explode != Some(true)).then_some(b' ')),
        (Place::Query, Some("pipeDelimited")) => Wire::List((explode != Some(true)).then_some(b'|')),
        (Place::Path | Place::Header, None | Some("simple")) => Wire::List(Some(b',')),
        _ => Wire::Unchecked(Vec::new()),
    }
}

/// A media type in lower case without its parameters.
pub(crate) fn essence(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(essence: &str) -> bool {
    essence == "application/json" || essence.ends_with("+json")
}

/// Paths of the servers, the longest first, with the defaults of their variables.
fn bases(document: &Value) -> Vec<Box<str>> {
    let servers = document.get("servers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut bases: Vec<Box<str>> = servers.iter().filter_map(base_of).collect();
    if bases.is_empty() {
        bases.push("".into());
    }
    bases.sort_by_key(|base| std::cmp::Reverse(base.len()));
    bases.dedup();
    bases
}

fn base_of(server: &Value) -> Option<Box<str>> {
    let mut url = server.get("url")?.as_str()?.to_owned();
    for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
        let default = variable.get("default").and_then(Value::as_str).unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), default);
    }
    let without_scheme =
        url.split_once("://").map_or(url.as_str(), |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    Some(normalised_base(without_scheme))
}

/// `/api/v2`, or empty.
fn normalised_base(base: &str) -> Box<str> {
    let base = base.trim_matches('/');
    if base.is_empty() { "".into() } else { format!("/{base}").into() }
}

fn api_keys(document: &Value) -> Vec<Box<str>> {
    let schemes = document.pointer("/components/securitySchemes").and_then(Value::as_object);
    let of_query = |scheme: &&Value| scheme.get("in").and_then(Value::as_str) == Some("query");
    let name = |scheme: &Value| scheme.get("name").and_then(Value::as_str).map(Into::into);
    schemes.into_iter().flat_map(Map::values).filter(of_query).filter_map(name).collect()
}
