//! A set of bytes, to look for in texts. Made when the program is compiled.

/// A set of bytes: 256 bytes of memory, one load to look into it.
#[derive(Debug, Clone)]
pub struct ByteSet([bool; 256]);

impl ByteSet {
    /// The set of these bytes, in any order; one that comes twice is in it once.
    #[must_use]
    pub const fn new(bytes: &[u8]) -> Self {
        let mut set = [false; 256];
        let mut rest = bytes;
        while let [byte, others @ ..] = rest {
            set[*byte as usize] = true;
            rest = others;
        }
        Self(set)
    }

    /// Whether a byte is in the set.
    #[inline]
    #[must_use]
    pub const fn contains(&self, byte: u8) -> bool {
        self.0[byte as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::ByteSet;

    #[test]
    fn exactly_the_bytes_that_were_given_are_in_a_set() {
        const SET: ByteSet = ByteSet::new(b"\0([\xff(");
        let inside: Vec<u8> = (0..=u8::MAX).filter(|byte| SET.contains(*byte)).collect();
        assert_eq!(inside, b"\0([\xff");
        assert!((0..=u8::MAX).all(|byte| !ByteSet::new(b"").contains(byte)));
    }
}
