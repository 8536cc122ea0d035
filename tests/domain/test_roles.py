"""Roles as the database has them: which permissions, in which order."""
from __future__ import annotations

from fakedet.domain.permissions import ALL
from fakedet.domain.roles import CLUSTER_ADMIN, ROLES, WORKSPACE_ADMIN, Role, read_together


def names(role: Role) -> list[str]:
    return [permission.id.removeprefix("PERMISSION_TYPE_") for permission in role.permissions]


def test_one_role_alone_has_its_permissions_in_the_order_in_which_they_were_made() -> None:
    for role in ROLES.values():
        if role.id != CLUSTER_ADMIN:
            [alone] = read_together([role])
            assert names(alone) == [name for name in ALL if name in names(role)]
    assert names(read_together([ROLES[WORKSPACE_ADMIN]])[0]) != names(ROLES[WORKSPACE_ADMIN])


def test_several_roles_and_the_one_that_may_all_have_them_in_the_order_in_which_they_were_given() -> None:
    assert read_together(list(ROLES.values())) == list(ROLES.values())
    assert read_together([ROLES[CLUSTER_ADMIN]]) == [ROLES[CLUSTER_ADMIN]]
    assert sorted(names(ROLES[CLUSTER_ADMIN])) == sorted(ALL)
