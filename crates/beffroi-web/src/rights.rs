//! What each role may do. What it may do it *on* is its reach, which the town declares.
//!
//! | | reader | agent | editor | head | steward | administrator |
//! |---|---|---|---|---|---|---|
//! | read, export figures, own account | × | × | × | × | × | × |
//! | export rows set aside | | × | × | × | × | |
//! | the workshop: bring files, draft | | × | × | × | × | |
//! | look over drafts, publish | | | | × | × | |
//! | see what goes wrong | | | × | × | × | × |
//! | who sees what, and the trail | | | | × | × | × |
//! | people and perimeters | | | | | | × |
//!
//! Who could attack what, what stops them, and the tests that show it: `THREATS.md`.

use crate::guard::Permission;
use beffroi_model::{Membership, Role};

/// Whether a role may do something.
#[must_use]
pub fn may(role: Role, permission: Permission) -> bool {
    use Permission as P;
    use Role as R;
    match permission {
        P::ReadHome
        | P::ReadBoard
        | P::ReadIndicator
        | P::ReadCatalogue
        | P::Export
        | P::OwnAccount => true,
        P::ExportRejects | P::Compose => {
            matches!(role, R::Agent | R::Editor | R::Head | R::Steward)
        }
        P::Review => matches!(role, R::Head | R::Steward),
        P::ReadAdmin => matches!(role, R::Editor | R::Head | R::Steward | R::Administrator),
        P::ReadAccess | P::ReadTrail => {
            matches!(role, R::Head | R::Steward | R::Administrator)
        }
        P::ManagePeople | P::ManageAccess => role == R::Administrator,
    }
}

/// Whether any role of somebody may do something. Somebody without a role may look after their own
/// account, and leave.
#[must_use]
pub fn member_may(member: &Membership, permission: Permission) -> bool {
    let mut roles = member.roles.iter();
    permission == Permission::OwnAccount || roles.any(|role| may(*role, permission))
}

/// The roles that may do something.
pub fn roles_with(permission: Permission) -> impl Iterator<Item = Role> {
    Role::ALL
        .into_iter()
        .filter(move |role| may(*role, permission))
}
