//! Bytes into a file: counted, summed and bounded, unpacked on the way.

use flate2::write::MultiGzDecoder;
use sha2::{Digest, Sha256};
use std::{
    fmt::Write as _,
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

/// A file being written.
pub(crate) enum Sink {
    Plain(Bounded),
    Gzip(Box<MultiGzDecoder<Bounded>>),
}

impl Sink {
    /// A new file of no more than `limit` bytes; `gzip`: what is written comes packed.
    pub(crate) fn create(path: &Path, limit: u64, gzip: bool) -> io::Result<Self> {
        let bounded = Bounded {
            file: BufWriter::new(File::create(path)?),
            sum: Sha256::new(),
            written: 0,
            limit,
        };
        Ok(if gzip {
            Self::Gzip(Box::new(MultiGzDecoder::new(bounded)))
        } else {
            Self::Plain(bounded)
        })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.write_all(bytes),
            Self::Gzip(file) => file.write_all(bytes),
        }
    }

    /// Brings everything to the disk; gives the size and the SHA-256.
    pub(crate) fn finish(self) -> io::Result<(u64, String)> {
        let mut bounded = match self {
            Self::Plain(bounded) => bounded,
            Self::Gzip(decoder) => decoder.finish()?,
        };
        bounded.file.flush()?;
        bounded.file.get_ref().sync_all()?;
        Ok((bounded.written, hex(&bounded.sum.finalize())))
    }
}

/// A file that refuses to grow beyond a limit.
pub(crate) struct Bounded {
    file: BufWriter<File>,
    sum: Sha256,
    written: u64,
    limit: u64,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written += bytes.len() as u64;
        if self.written > self.limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.file.write_all(bytes)?;
        self.sum.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
