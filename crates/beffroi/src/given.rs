//! A file named on the command line: looked at before it is opened, for a folder has no rows, a
//! pipe is read once only, and a device may have no end.

use crate::failure::{Failure, io_message, say};
use std::{
    fs::{self, File},
    io,
    path::Path,
};

/// Fails in words when a file cannot be read as one.
pub fn readable(path: &Path) -> Result<(), Failure> {
    let unreadable = |error: io::Error| Failure::given(io_message(path, &error));
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        let id = match metadata.is_dir() {
            true => "given-folder",
            false => "given-no-file",
        };
        let path = path.display().to_string();
        return Err(Failure::given(say(id, &[("value", path)])));
    }
    File::open(path).map_err(unreadable)?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.csv");
        fs::write(&file, "a").unwrap();
        let said = |path: &Path| readable(path).err().map(|failure| failure.to_string());
        assert_eq!(said(&file), None);
        assert!(said(folder.path()).unwrap().contains("est un dossier"));
        assert!(
            said(&folder.path().join("b.csv"))
                .unwrap()
                .contains("n’existe pas")
        );
        #[cfg(unix)]
        {
            let link = folder.path().join("zero.csv");
            std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
            assert!(said(&link).unwrap().contains("n’est pas un fichier"));
        }
    }
}
