//! Why a command failed, in words for whoever typed it, with an exit code that says which kind.

use beffroi_intake::IntakeError;
use beffroi_model::Finding;
use beffroi_sources::SourceError;
use beffroi_text::{Arg, Lang, t_args};
use beffroi_warehouse::WarehouseError;
use std::{
    borrow::Cow,
    fmt::{self, Display},
    io,
    path::Path,
    process::ExitCode,
};

/// A failed command.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// Something is wrong in what was given: exit code 1.
    pub fn given(message: impl Into<String>) -> Self {
        Self {
            code: 1,
            message: message.into(),
        }
    }

    /// The command is badly written: exit code 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            code: 2,
            message: message.into(),
        }
    }

    /// The machine stands in the way: exit code 3.
    pub fn machine(message: impl Into<String>) -> Self {
        Self {
            code: 3,
            message: message.into(),
        }
    }

    /// A file that cannot be read or written.
    pub fn io(path: &Path, error: &io::Error) -> Self {
        Self::machine(io_message(path, error))
    }

    /// The same, when its message has been told already.
    pub fn silent(mut self) -> Self {
        self.message.clear();
        self
    }

    /// Prints the message.
    #[allow(
        clippy::print_stderr,
        reason = "this is where a failure meets its user"
    )]
    pub fn tell(&self) {
        if !self.message.is_empty() {
            eprintln!("{}", plain(&self.message));
        }
    }

    /// The exit code.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<WarehouseError> for Failure {
    fn from(error: WarehouseError) -> Self {
        Self::machine(warehouse_message(&error))
    }
}

/// What went wrong with a file, and what to do.
pub fn io_message(path: &Path, error: &io::Error) -> String {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => format!("« {path} » n’existe pas."),
        io::ErrorKind::PermissionDenied => {
            format!("« {path} » : accès refusé. Vérifiez les droits de ce fichier.")
        }
        io::ErrorKind::StorageFull => {
            format!("« {path} » : le disque est plein. Libérez de la place, puis recommencez.")
        }
        _ => format!("« {path} » : {error}."),
    }
}

/// What went wrong on the shelf, and what to do.
pub fn warehouse_message(error: &WarehouseError) -> String {
    match error {
        error if error.is_disk_full() => "Le disque est plein : rien n’a été changé, la version \
             précédente reste en place. Libérez de la place, puis recommencez."
            .to_owned(),
        WarehouseError::Io { path, source } => io_message(path, source),
        WarehouseError::NotOurs(path) => format!(
            "« {} » contient des fichiers qui ne sont pas de Beffroi : rien n’y a été touché. \
             Donnez un dossier vide ou nouveau avec --state.",
            path.display()
        ),
        WarehouseError::TooNew { path, found, known } => format!(
            "« {} » a été écrit par une version plus récente de Beffroi (format {found}, connu \
             jusqu’à {known}). Mettez le programme à jour.",
            path.display()
        ),
        WarehouseError::Locked(path) => format!(
            "Un autre programme Beffroi écrit dans « {} ». Attendez qu’il ait fini, ou arrêtez-le.",
            path.display()
        ),
        WarehouseError::Damaged { path, reason } => {
            format!("« {} » est abîmé ({reason}).", path.display())
        }
        WarehouseError::Unreadable(error) => format!("Données illisibles : {error}."),
        WarehouseError::Unwritten(error) => format!("Données impossibles à écrire : {error}."),
    }
}

/// A message of the locales, in French. The argument `count` is a number, the others are text.
pub fn say(id: &str, args: &[(&str, String)]) -> String {
    let args: Vec<(&str, Arg)> = args
        .iter()
        .map(|(name, value)| match (*name, value.parse()) {
            ("count", Ok(count)) => (*name, Arg::Count(count)),
            _ => (*name, Arg::from(value)),
        })
        .collect();
    t_args(Lang::Fr, id, &args).into_owned()
}

/// Why a file cannot be had.
pub fn unavailable(error: &SourceError) -> String {
    say(&format!("source-{}", error.code()), &error.args())
}

/// What intake says of a file that it refuses.
pub fn refused(name: &str, error: &IntakeError) -> String {
    format!(
        "« {name} » : {}",
        say(&format!("intake-{}", error.code()), &error.args())
    )
}

/// What was found in a file, in a line.
pub fn found(finding: &Finding, count: u64) -> String {
    beffroi_text::finding(Lang::Fr, finding, count)
}

/// A text that does nothing to the terminal: what would move the cursor, colour the rest or turn
/// the writing around stands there as JSON writes it, which leaves JSON what it is.
fn plain(text: &str) -> Cow<'_, str> {
    let acts = |char: char| match char {
        '\n' | '\t' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => true,
        char => char.is_control(),
    };
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for char in text.chars() {
        if acts(char) {
            plain.push_str(&format!("\\u{:04x}", u32::from(char)));
        } else {
            plain.push(char);
        }
    }
    Cow::Owned(plain)
}

/// Writes to standard output; a reader that went away (`| head`) is no failure.
pub fn print(text: impl Display) -> Result<(), Failure> {
    use io::Write;
    match writeln!(io::stdout(), "{}", plain(&text.to_string())) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::machine(format!(
            "La sortie ne peut être écrite : {error}."
        ))),
        _ => Ok(()),
    }
}

/// Tells progress on standard error.
#[allow(
    clippy::print_stderr,
    reason = "progress is for whoever watches the terminal"
)]
pub fn progress(text: impl Display) {
    let text = text.to_string();
    if crate::logs::is_json() {
        tracing::info!(target: "beffroi::progress", "{}", text.trim());
    } else {
        eprintln!("{}", plain(&text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_does_nothing_to_the_terminal() {
        assert_eq!(plain("« été »\n\tligne"), "« été »\n\tligne");
        assert_eq!(
            plain("\u{1b}[31mrouge\u{7}\r\u{202e}vsc"),
            "\\u001b[31mrouge\\u0007\\u000d\\u202evsc"
        );
    }
}
