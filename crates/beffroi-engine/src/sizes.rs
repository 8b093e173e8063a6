//! How large rollups of a version would be, told from its parts without reading their rows.

use crate::{scan::Scan, shapes::Sizes};
use beffroi_model::{DimensionId, Grain, Version};
use beffroi_warehouse::PartReader;
use std::collections::HashMap;

/// What was measured.
pub(crate) struct Measured {
    members: HashMap<DimensionId, u64>,
    days: u64,
    readings: u64,
    rows: u64,
}

impl Measured {
    pub fn of(scan: &Scan<'_>, version: &Version) -> Result<Self, String> {
        let mut members: HashMap<DimensionId, u64> = HashMap::new();
        for part in scan.parts {
            let reader = PartReader::open(part).map_err(|error| error.to_string())?;
            // The first row group and the last speak for all.
            let groups = reader.groups();
            for group in [0, groups.saturating_sub(1)] {
                for spec in &scan.dataset.schema.columns {
                    let Some(id) = spec.dimension.as_ref().filter(|_| group < groups) else {
                        continue;
                    };
                    let different = reader.different(group, spec.id.as_str());
                    let different = different.unwrap_or(reader.rows(group));
                    let known = members.entry(id.clone()).or_default();
                    *known = (*known).max(different as u64);
                }
            }
        }
        let days = scan.days()?.map_or(0, |(first, last)| {
            u64::try_from(i64::from(last) - i64::from(first) + 1).unwrap_or(0)
        });
        let per_reading = match scan.dataset.grain() {
            Some(grain) => days_in(grain),
            None => 1,
        };
        Ok(Self {
            members,
            days,
            readings: days / per_reading + 1,
            rows: version.rows,
        })
    }
}

impl Sizes for Measured {
    fn members(&self, dimension: &DimensionId) -> u64 {
        self.members.get(dimension).copied().unwrap_or(1)
    }

    fn periods(&self, grain: Option<Grain>) -> u64 {
        match grain {
            Some(grain) => self.days / days_in(grain) + 1,
            None => self.readings,
        }
    }

    fn rows(&self) -> u64 {
        self.rows
    }
}

fn days_in(grain: Grain) -> u64 {
    match grain {
        Grain::Day => 1,
        Grain::Month => 28,
        Grain::Quarter => 90,
        Grain::Year | Grain::SchoolYear => 365,
    }
}
