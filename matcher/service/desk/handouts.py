"""One challenge on one page, to be sent to a team."""

from __future__ import annotations

from matcher.errors import InputError
from matcher.report.handout import handout_of, handout_page, team_in_words
from matcher.service.access import MATCHING
from matcher.service.context import Caller
from matcher.service.desk import challenges, matching, teams
from matcher.service.views import challenge_page


def page(caller: Caller, challenge_id: str, team_id: str = "", site: str = "") -> str:
    """The page as a file; for a team with what it shows of each requirement.

    A university has it of its own teams alone, the public without any.

    Args:
        site: under which the caller opened the service, for the link on the page where the
            settings name no address.

    Raises:
        NotFoundError: there is no such challenge or team for this caller.
        InputError: nothing of the team can be held against the challenge.
    """
    challenge = challenges.find(caller, challenge_id)
    address = f"{caller.service.settings.public_address or site}{challenge_page(challenge_id)}"
    if not team_id:
        return handout_page(handout_of(challenge, address=address))
    named = teams.find if caller.principal.role in MATCHING.roles else teams.find_own
    team = named(caller, team_id)
    found = matching.compared(caller, challenge, [team_id]).teams
    if not found:
        raise InputError("没有可以对照的内容", given=team.name, remedy="补上团队的方向或成果")
    return handout_page(handout_of(challenge, team_in_words(team), found[0].coverage, address))
