//! `fixtures/matrix/matrix.txt`, read.

use std::collections::{BTreeMap, BTreeSet};

const TEXT: &str = include_str!("../../fixtures/matrix/matrix.txt");

/// Who sees what.
pub struct Table {
    /// Names of the columns of roles.
    pub roles: Vec<&'static str>,
    /// Method and pattern of a route, with the status for each role.
    pub routes: Vec<((&'static str, &'static str), Vec<u16>)>,
    /// The address asked for a pattern.
    addresses: BTreeMap<&'static str, &'static str>,
    /// The fields of the form of a pattern.
    forms: BTreeMap<&'static str, &'static str>,
    /// Names of the columns of perimeters.
    pub perimeters: Vec<&'static str>,
    /// An address that depends on what somebody declares for, roles, the status for each perimeter.
    declares: Vec<(&'static str, &'static str, Vec<u16>)>,
    /// An address with data, the status for each perimeter, the groups that stand there.
    pub reach: Vec<(&'static str, Vec<u16>, Vec<&'static str>)>,
    /// Words by group.
    pub groups: BTreeMap<&'static str, Vec<&'static str>>,
    /// Groups by perimeter.
    seen: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

impl Table {
    pub fn read() -> Self {
        let mut parts: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
        let mut part = "";
        for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[') {
                part = name.trim_end_matches(']');
            } else if !line.trim().is_empty() {
                let words = line.split_whitespace().collect();
                parts.entry(part).or_default().push(words);
            }
        }
        let mut take = |name: &str| parts.remove(name).unwrap_or_else(|| panic!("no [{name}]"));
        let pairs = |lines: Vec<Vec<&'static str>>| {
            lines
                .into_iter()
                .map(|words| (words[0], words[1]))
                .collect()
        };
        let lists = |lines: Vec<Vec<&'static str>>| {
            let lines = lines.into_iter();
            lines.map(|words| (words[0], words[1..].to_vec()))
        };
        let mut roles = take("roles").into_iter();
        let role_names = roles.next().expect("a line of names")[1..].to_vec();
        let routes = roles.map(|words| ((words[0], words[1]), statuses(&words[2..])));
        let mut reach = take("reach").into_iter();
        let names = reach.next().expect("a line of names");
        let perimeters = names[1..names.len() - 1].to_vec();
        let reach = reach.map(|words| {
            let (status, groups) = words[1..].split_at(perimeters.len());
            (words[0], statuses(status), groups.to_vec())
        });
        let reach = reach.collect();
        let declares = take("declares").into_iter().skip(1);
        let declares = declares.map(|words| (words[0], words[1], statuses(&words[2..])));
        let table = Self {
            routes: routes.collect(),
            roles: role_names,
            addresses: pairs(take("addresses")),
            forms: pairs(take("forms")),
            perimeters,
            declares: declares.collect(),
            reach,
            groups: lists(take("groups")).collect(),
            seen: lists(take("seen"))
                .map(|(name, groups)| (name, groups.into_iter().collect()))
                .collect(),
        };
        table.check();
        table
    }

    fn check(&self) {
        for (route, statuses) in &self.routes {
            assert_eq!(statuses.len(), self.roles.len(), "{route:?}");
        }
        for (address, _, statuses) in &self.declares {
            assert_eq!(statuses.len(), self.perimeters.len(), "{address}");
        }
        let named = self.reach.iter().flat_map(|(_, _, groups)| groups);
        let named = named.flat_map(|groups| groups.split('|'));
        for group in named.chain(self.seen.values().flatten().copied()) {
            assert!(self.groups.contains_key(group), "no group {group}");
        }
        for perimeter in &self.perimeters {
            assert!(self.seen.contains_key(perimeter), "[seen] {perimeter}");
        }
    }

    /// The address of a pattern.
    pub fn address(&self, pattern: &'static str) -> &'static str {
        let known = self.addresses.get(pattern).copied();
        assert!(
            known.is_some() || !pattern.contains('{'),
            "[addresses] {pattern}"
        );
        known.unwrap_or(pattern)
    }

    /// The fields of the form of a pattern.
    pub fn form(&self, pattern: &'static str, role: &str) -> Vec<(&'static str, String)> {
        let fields = self.forms.get(pattern);
        let fields = fields.unwrap_or_else(|| panic!("[forms] {pattern}"));
        let fields = fields.split('&').filter_map(|field| field.split_once('='));
        fields
            .map(|(name, value)| (name, value.replace("{role}", role)))
            .collect()
    }

    /// The status that a role gets of a route.
    pub fn of_role(&self, statuses: &[u16], role: &str) -> u16 {
        statuses[self
            .roles
            .iter()
            .position(|it| *it == role)
            .expect("a role")]
    }

    /// The status that a perimeter gets of an address; none for one without data.
    pub fn of_perimeter(&self, address: &str, perimeter: &str) -> Option<u16> {
        let line = self.reach.iter().find(|(known, _, _)| *known == address)?;
        Some(line.1[self.place(perimeter)])
    }

    /// The status that a role with a perimeter gets of an address by what it declares for; none
    /// where that does not matter.
    pub fn of_declarer(&self, address: &str, role: &str, perimeter: &str) -> Option<u16> {
        let line = self.declares.iter().find(|(known, roles, _)| {
            *known == address && roles.split('|').any(|known| known == role)
        })?;
        Some(line.2[self.place(perimeter)])
    }

    fn place(&self, perimeter: &str) -> usize {
        let mut known = self.perimeters.iter();
        known.position(|it| *it == perimeter).expect("a perimeter")
    }

    pub fn sees(&self, perimeter: &str, group: &str) -> bool {
        self.seen[perimeter].contains(group)
    }

    /// Every word that a perimeter does not reach.
    pub fn hidden(&self, perimeter: &str, titles: bool) -> impl Iterator<Item = (&str, &str)> {
        let hidden = self.groups.iter();
        let hidden = hidden.filter(move |(group, _)| {
            !self.sees(perimeter, group) && (titles || !group.starts_with("titres."))
        });
        hidden.flat_map(|(group, words)| words.iter().map(|word| (*group, *word)))
    }
}

fn statuses(words: &[&str]) -> Vec<u16> {
    let numbers = words.iter().map(|word| word.parse::<u16>());
    numbers.map(|number| number.expect("a status")).collect()
}
