//! The form of `setup.cfg`, `tox.ini` and `pytest.ini`, as Python's `configparser` and pytest's `iniconfig` read it.

/// A section with its values.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) name: String,
    values: Vec<(String, String)>,
}

impl Section {
    /// The value of a key. Its lines are without the space around them.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.values.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// Reads as much as is well formed.
pub(super) fn read(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines() {
        let line_content = without_comment(line);
        if line_content.trim().is_empty() {
            continue;
        }
        if let Some(name) = line_content.trim_end().strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            sections.push(Section { name: name.trim().to_owned(), values: Vec::new() });
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        if line_content.starts_with([' ', '\t']) {
            if let Some((_, value)) = section.values.last_mut() {
                value.push('\n');
                value.push_str(line_content.trim());
            }
        } else if let Some((key, value)) = line_content.split_once(['=', ':']) {
            section.values.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    sections
}

/// The words of a value, which may be in quotes.
pub(super) fn words(value: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for character in value.chars() {
        match quote {
            Some(open) if character == open => quote = None,
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None if character.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => word.push(character),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with(['#', ';']) {
        return "";
    }
    line.find(" #").map_or(line, |start| line.get(..start).unwrap_or(line))
}
