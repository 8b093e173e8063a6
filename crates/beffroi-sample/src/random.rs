//! Numbers that look irregular and are the same everywhere, every time.

/// A small generator (SplitMix64): the same seed gives the same sequence on every machine. Only
/// integer and basic floating-point operations, whose results are exactly defined.
pub(crate) struct Random(u64);

impl Random {
    /// A generator for one purpose; another name gives another sequence.
    pub(crate) fn new(name: &str) -> Self {
        let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number in `low..=high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.unit() * (high - low + 1) as f64) as i64
    }

    /// A factor around 1: `0.05` gives `0.95..1.05`.
    pub(crate) fn about(&mut self, amplitude: f64) -> f64 {
        1.0 + amplitude * (2.0 * self.unit() - 1.0)
    }

    /// Whether something of this probability happens.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of them.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.between(0, of.len() as i64 - 1) as usize)
    }
}

/// Shares a whole number out in proportion to weights, to the last unit (largest remainders).
pub(crate) fn apportion(total: i64, weights: &[f64]) -> Vec<i64> {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<f64> = weights
        .iter()
        .map(|weight| total as f64 * weight / sum)
        .collect();
    let mut shares: Vec<i64> = exact.iter().map(|share| share.floor() as i64).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| {
        let rest = |i: usize| exact[i] - exact[i].floor();
        rest(b).total_cmp(&rest(a)).then(a.cmp(&b))
    });
    let missing = total - shares.iter().sum::<i64>();
    for &index in order.iter().take(usize::try_from(missing).unwrap_or(0)) {
        shares[index] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_the_total() {
        for total in [0, 1, 17, 1_284_512] {
            let shares = apportion(total, &[0.3, 12.5, 1.0, 0.0, 7.77]);
            assert_eq!(shares.iter().sum::<i64>(), total);
            assert_eq!(shares[3], 0);
        }
        assert_eq!(apportion(5, &[0.0, 0.0]), [0, 0]);
    }

    #[test]
    fn a_name_gives_one_sequence() {
        let first = |name| Random::new(name).between(0, 1_000_000);
        assert_eq!(first("velos"), first("velos"));
        assert_ne!(first("velos"), first("bus"));
        let mut random = Random::new("bounds");
        assert!((0..1000).all(|_| (3..=5).contains(&random.between(3, 5))));
    }
}
