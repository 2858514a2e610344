//! Text to [`FileIr`]: the first persisted stage.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use esker_frontend_api::{Diagnostic, DiagnosticKind, Dialect, FileIr, Frontend, LowerOptions, Source};

use crate::digest::Fingerprint;
use crate::input::Text;
use crate::memo::{Attempt, Inputs, Stage};

/// Lowers one file.
///
/// | goes into the key | stays out |
/// |---|---|
/// | content digest, or why there is none | path |
/// | the frontend's name and version, the dialect | time stamps |
/// | the options that the frontend is given | other configuration |
pub(crate) const IR: Stage<IrInputs, FileIr> = Stage::fallible("ir", 6, lower);

/// What a file's IR is computed from.
#[derive(Clone)]
pub(crate) struct IrInputs {
    pub(crate) frontend: Arc<dyn Frontend>,
    pub(crate) dialect: Dialect,
    pub(crate) options: Arc<LowerOptions>,
    pub(crate) content: IrContent,
}

/// The text of a file, or why there is none.
#[derive(Clone)]
pub(crate) enum IrContent {
    Text(Text),
    Missing(DiagnosticKind, String),
}

impl Inputs for IrInputs {
    fn fingerprint(&self, into: &mut Fingerprint) {
        into.text(self.frontend.name()).number(self.frontend.version().into()).text(self.dialect.0);
        into.number(self.options.string_imports_min_dots.map_or(u64::MAX, u64::from));
        let (major, minor) = self.options.language_version.unwrap_or_default();
        into.number(major.into()).number(minor.into());
        match &self.content {
            IrContent::Text(text) => into.digest(text.digest()),
            IrContent::Missing(_, message) => into.text(message),
        };
    }
}

fn lower(inputs: &IrInputs) -> Attempt<FileIr> {
    let text = match &inputs.content {
        IrContent::Text(text) => text.bytes(),
        // Reading can succeed next time.
        IrContent::Missing(kind @ DiagnosticKind::Unreadable, message) => {
            return Attempt::Accident(failed(*kind, message.clone()));
        }
        IrContent::Missing(kind, message) => return Attempt::Done(failed(*kind, message.clone())),
    };
    let source = Source { bytes: &text, dialect: inputs.dialect, options: &inputs.options };
    // A frontend that panics costs its file alone. It holds no state that a panic could leave broken, and it can be
    // mended.
    match panic::catch_unwind(AssertUnwindSafe(|| inputs.frontend.lower(source))) {
        Ok(ir) => Attempt::Done(ir),
        Err(_) => Attempt::Accident(failed(DiagnosticKind::Internal, failure(&*inputs.frontend))),
    }
}

/// What is said of a file on which a frontend panicked.
pub(crate) fn failure(frontend: &dyn Frontend) -> String {
    format!("the {} frontend failed on this file", frontend.name())
}

/// The IR of a file of which nothing is known but what is wrong with it.
fn failed(kind: DiagnosticKind, message: String) -> FileIr {
    FileIr { diagnostics: vec![Diagnostic { line: 1, column: 1, kind, message }], ..FileIr::default() }
}

/// Whether a diagnostic tells of an accident and not of the file's content: such a file is looked at again next time.
pub(crate) fn is_accident(kind: DiagnosticKind) -> bool {
    matches!(kind, DiagnosticKind::Unreadable | DiagnosticKind::Internal)
}
