//! `esker hierarchy`: what a class derives from and what derives from it; what a method overrides and what overrides
//! it.

use std::collections::BTreeSet;

use clap::Args;
use esker_engine::code::{CodeIndex, Relation, SymbolName};
use serde::Serialize;

use crate::args::Globals;
use crate::args::subject::{KnownSymbol, Subject};
use crate::error::{Result, Verdict};
use crate::render::{Output, ReportFormat, json};

/// Show the classes above and below a class, or the methods that a method overrides and those that override it
///
/// As far as they are in the repository. If several symbols can be meant by the name, each is shown.
#[derive(Debug, Args)]
pub(crate) struct Hierarchy {
    /// A name, or a place of which lines and columns count from 1, columns in bytes
    #[arg(value_name = "NAME|PATH:LINE:COL")]
    subject: String,

    /// Go on from what is found
    #[arg(long)]
    transitive: bool,

    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

#[derive(Debug, Serialize)]
struct Group {
    symbol: KnownSymbol,
    #[serde(flatten)]
    relatives: Relatives,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Relatives {
    OfClass { superclasses: Vec<SymbolName>, subclasses: Vec<SymbolName> },
    OfMethod { overrides: Vec<SymbolName>, overridden_by: Vec<SymbolName> },
}

impl Hierarchy {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        let (subject, found, groups) = Subject::ask(globals, &self.subject, |index, found| {
            found.symbols.iter().filter_map(|symbol| self.group(index, symbol)).collect::<Vec<_>>()
        })?;
        subject.explain(&found);
        if let (Some(symbol), true) = (found.symbols.first(), groups.is_empty()) {
            tracing::warn!("{symbol} is neither a class nor a method");
        }
        let output = Output::new(globals);
        match self.format {
            ReportFormat::Text => output.write(text(&groups)),
            ReportFormat::Json => output.write(json(&groups)?),
        }?;
        Ok(Verdict::Done)
    }

    /// `None` for a symbol that has no hierarchy.
    fn group(&self, index: &CodeIndex<'_>, name: &SymbolName) -> Option<Group> {
        let symbol = KnownSymbol::new(index, name.clone());
        let relation = if self.transitive { Relation::Transitive } else { Relation::Direct };
        let relatives = match symbol.kind {
            "class" | "interface" => Relatives::OfClass {
                superclasses: index.superclasses(name, relation),
                subclasses: index.subclasses(name, relation),
            },
            "method" => Relatives::OfMethod {
                overrides: closure(name, relation, |method| index.overridden(method)),
                overridden_by: closure(name, relation, |method| index.overriding(method)),
            },
            _ => return None,
        };
        Some(Group { symbol, relatives })
    }
}

/// What a step leads to, and if asked for what further steps lead to, ascending.
fn closure(from: &SymbolName, relation: Relation, step: impl Fn(&SymbolName) -> Vec<SymbolName>) -> Vec<SymbolName> {
    let mut reached: BTreeSet<SymbolName> = step(from).into_iter().collect();
    let mut queue: Vec<SymbolName> = match relation {
        Relation::Direct => Vec::new(),
        Relation::Transitive => reached.iter().cloned().collect(),
    };
    while let Some(next) = queue.pop() {
        for found in step(&next) {
            if found != *from && reached.insert(found.clone()) {
                queue.push(found);
            }
        }
    }
    reached.into_iter().collect()
}

fn text(groups: &[Group]) -> String {
    let mut text = String::new();
    for Group { symbol, relatives } in groups {
        text.push_str(&format!("{} ({})\n", symbol.name, symbol.kind));
        let (above, below) = match relatives {
            Relatives::OfClass { superclasses, subclasses } => (("superclass", superclasses), ("subclass", subclasses)),
            Relatives::OfMethod { overrides, overridden_by } => {
                (("overrides", overrides), ("overridden by", overridden_by))
            }
        };
        for (word, symbols) in [above, below] {
            symbols.iter().for_each(|symbol| text.push_str(&format!("  {word} {symbol}\n")));
        }
    }
    text
}
