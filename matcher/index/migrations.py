"""The tables of the workspace file, version by version: an older file is upgraded in place.

A version is a list of statements run in one transaction with the new number, so a killed process
leaves the old version or the new one. Versions are only ever added; a file newer than the
software is refused.
"""

from __future__ import annotations

import sqlite3

_RECORDS = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE records (
    side TEXT NOT NULL, id TEXT NOT NULL, content TEXT NOT NULL, hash TEXT NOT NULL,
    facts TEXT NOT NULL, PRIMARY KEY (side, id)
) WITHOUT ROWID;
CREATE TABLE passages (
    position INTEGER PRIMARY KEY AUTOINCREMENT, side TEXT NOT NULL, owner_id TEXT NOT NULL,
    number INTEGER NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    year INTEGER, tokens TEXT NOT NULL, vector BLOB,
    UNIQUE (side, owner_id, number)
);
CREATE TABLE outcomes (id TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
"""
# Some files of version 1 have `versions` already: it used to be made when first needed.
_SERVICE = """
CREATE TABLE IF NOT EXISTS versions (
    number INTEGER PRIMARY KEY AUTOINCREMENT, side TEXT NOT NULL, id TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX versions_of ON versions (side, id);
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
    organisation TEXT NOT NULL, password TEXT NOT NULL, disabled INTEGER NOT NULL DEFAULT 0,
    created TEXT NOT NULL
);
CREATE TABLE attempts (subject TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX attempts_of ON attempts (subject, at);
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id),
    created REAL NOT NULL, seen REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id),
    key_hash TEXT NOT NULL UNIQUE, label TEXT NOT NULL, scopes TEXT NOT NULL,
    created TEXT NOT NULL, revoked TEXT
);
CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, account TEXT NOT NULL,
    role TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL
);
CREATE TABLE drafts (
    id TEXT PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id),
    organisation TEXT NOT NULL, content TEXT NOT NULL, state TEXT NOT NULL,
    created TEXT NOT NULL, updated TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE uploads (
    id TEXT PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL, content BLOB NOT NULL, created TEXT NOT NULL
);
CREATE TABLE jobs (
    id TEXT PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL, settings TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
    done INTEGER NOT NULL, total INTEGER NOT NULL, result TEXT NOT NULL, error TEXT NOT NULL,
    created TEXT NOT NULL, started TEXT, finished TEXT
) WITHOUT ROWID;
CREATE TABLE saved_queries (
    id TEXT PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL, query TEXT NOT NULL, feed_hash TEXT NOT NULL UNIQUE, created TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE replies (
    subject TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, status INTEGER,
    headers TEXT, body BLOB, created REAL NOT NULL, PRIMARY KEY (subject, key)
) WITHOUT ROWID;
"""

# When a published challenge was first seen as it is: what a feed calls its date.
_SIGHTINGS = """
CREATE TABLE sightings (
    challenge_id TEXT PRIMARY KEY, hash TEXT NOT NULL, seen TEXT NOT NULL
) WITHOUT ROWID;
"""

# What lists of achievements said, what people decided about it, and what teams came of it.
_ACHIEVEMENTS = """
CREATE TABLE IF NOT EXISTS achievements (
    key TEXT PRIMARY KEY, position INTEGER NOT NULL, content TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS achievements_in_order ON achievements (position);
CREATE TABLE IF NOT EXISTS same_person (
    one TEXT NOT NULL, other TEXT NOT NULL, same INTEGER NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (one, other)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS taken_out (hash TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS built_teams (id TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
"""

# From found to signed. Steps and events are only ever added to; an undone step says by which.
# A challenge without a state is as public as its stage says: that is how it was before.
_PROCEDURE = """
CREATE TABLE challenge_states (
    challenge_id TEXT PRIMARY KEY, state TEXT NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE pairs (
    id INTEGER PRIMARY KEY, challenge_id TEXT NOT NULL, team_id TEXT NOT NULL,
    state TEXT NOT NULL, place INTEGER NOT NULL, until TEXT, told TEXT NOT NULL,
    created TEXT NOT NULL, updated TEXT NOT NULL, UNIQUE (challenge_id, team_id)
);
CREATE INDEX pairs_of_team ON pairs (team_id);
CREATE TABLE steps (
    number INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, subject_id TEXT NOT NULL,
    move TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, party TEXT NOT NULL,
    account TEXT NOT NULL, organisation TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
    at TEXT NOT NULL, key TEXT UNIQUE, undone INTEGER
);
CREATE INDEX steps_of ON steps (subject, subject_id);
CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, challenge_id TEXT NOT NULL,
    team_id TEXT NOT NULL, step INTEGER NOT NULL, account TEXT NOT NULL, party TEXT NOT NULL,
    organisations TEXT NOT NULL, to_staff INTEGER NOT NULL, at TEXT NOT NULL
);
CREATE TABLE bids (
    id INTEGER PRIMARY KEY, pair_id INTEGER NOT NULL REFERENCES pairs (id),
    content TEXT NOT NULL, account TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX bids_of ON bids (pair_id);
CREATE TABLE bid_files (
    id TEXT PRIMARY KEY, bid_id INTEGER NOT NULL REFERENCES bids (id), name TEXT NOT NULL,
    content BLOB NOT NULL
);
CREATE TABLE secrets (
    challenge_id TEXT PRIMARY KEY, detail TEXT NOT NULL, terms TEXT NOT NULL,
    account TEXT NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE consents (
    id INTEGER PRIMARY KEY, challenge_id TEXT NOT NULL, organisation TEXT NOT NULL,
    account TEXT NOT NULL, terms TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX consents_of ON consents (challenge_id, organisation);
CREATE TABLE follow_ups (
    id INTEGER PRIMARY KEY, pair_id INTEGER NOT NULL REFERENCES pairs (id),
    organisation TEXT NOT NULL, due TEXT NOT NULL, note TEXT NOT NULL, account TEXT NOT NULL,
    done TEXT
);
CREATE TABLE visits (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id), event INTEGER NOT NULL,
    before INTEGER NOT NULL, at TEXT NOT NULL
);
CREATE TABLE appraisals (
    id INTEGER PRIMARY KEY, pair_id INTEGER NOT NULL REFERENCES pairs (id), expert TEXT NOT NULL,
    conflict TEXT NOT NULL, scores TEXT NOT NULL, comment TEXT NOT NULL, account TEXT NOT NULL,
    at TEXT NOT NULL, UNIQUE (pair_id, expert)
);
CREATE TABLE team_changes (
    id INTEGER PRIMARY KEY, team_id TEXT NOT NULL, content TEXT NOT NULL, hash TEXT NOT NULL,
    state TEXT NOT NULL, organisation TEXT NOT NULL, account TEXT NOT NULL, reason TEXT NOT NULL,
    decided TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL
);
"""

# Who is reached where and keeps the accounts of an organisation; what was given to brokers and
# local staff; who asks for an account; links that let somebody set a password once; who somebody
# is elsewhere, and sign-ins under way there.
_ACCESS = """
ALTER TABLE accounts ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN email_confirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN province TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN city TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN organisation_admin INTEGER NOT NULL DEFAULT 0;
CREATE TABLE grants (
    account_id INTEGER NOT NULL REFERENCES accounts (id), kind TEXT NOT NULL, value TEXT NOT NULL,
    given TEXT NOT NULL, PRIMARY KEY (account_id, kind, value)
) WITHOUT ROWID;
CREATE TABLE registrations (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, organisation TEXT NOT NULL,
    province TEXT NOT NULL, city TEXT NOT NULL, email TEXT NOT NULL, note TEXT NOT NULL,
    password TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL,
    reason TEXT NOT NULL, created TEXT NOT NULL, decided TEXT
) WITHOUT ROWID;
CREATE TABLE password_links (
    token_hash TEXT PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id),
    expires REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE identities (
    issuer TEXT NOT NULL, subject TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id), created TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;
CREATE TABLE sign_in_flows (
    state_hash TEXT PRIMARY KEY, browser TEXT NOT NULL, nonce TEXT NOT NULL,
    verifier TEXT NOT NULL, wanted TEXT NOT NULL, created REAL NOT NULL
) WITHOUT ROWID;
"""

# What accounts are told, each thing once; how it goes out to mailboxes and to other systems; what
# they do not want by mail; which saved queries are sent as digests, and what those have shown.
_MESSAGES = """
CREATE TABLE messages (
    id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id),
    key TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
    link TEXT NOT NULL, at TEXT NOT NULL, read TEXT, UNIQUE (account_id, key)
);
CREATE TABLE hooks (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, style TEXT NOT NULL, address TEXT NOT NULL,
    secret TEXT NOT NULL, kinds TEXT NOT NULL, created TEXT NOT NULL
);
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, target INTEGER NOT NULL, key TEXT NOT NULL,
    kind TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, link TEXT NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, due REAL NOT NULL, error TEXT NOT NULL,
    created TEXT NOT NULL, updated TEXT NOT NULL, UNIQUE (channel, target, key)
);
CREATE INDEX deliveries_due ON deliveries (state, due);
CREATE TABLE unsubscribed (
    account_id INTEGER NOT NULL REFERENCES accounts (id), kind TEXT NOT NULL,
    PRIMARY KEY (account_id, kind)
) WITHOUT ROWID;
CREATE TABLE digests (
    saved_id TEXT PRIMARY KEY, every TEXT NOT NULL, due REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE digested (
    saved_id TEXT NOT NULL, challenge_id TEXT NOT NULL, PRIMARY KEY (saved_id, challenge_id)
) WITHOUT ROWID;
"""

# Alliances; the parties are everybody who belongs to one, normalised, each between line ends.
_ALLIANCES = """
CREATE TABLE alliances (
    id TEXT PRIMARY KEY, content TEXT NOT NULL, state TEXT NOT NULL, parties TEXT NOT NULL,
    updated TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX alliances_by_change ON alliances (updated);
CREATE TABLE alliance_files (
    id TEXT PRIMARY KEY, alliance_id TEXT NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL,
    account TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX alliance_files_of ON alliance_files (alliance_id);
CREATE TABLE alliance_marks (
    alliance_id TEXT NOT NULL, year INTEGER NOT NULL, evaluator TEXT NOT NULL,
    content TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (alliance_id, year, evaluator)
) WITHOUT ROWID;
"""

# A passage belongs to a document, as the field says it; once it was an owner.
_DOCUMENTS = "ALTER TABLE passages RENAME COLUMN owner_id TO document_id"

# What teams and staff said is wrong. A piece that is not a team's is kept out of every import.
_CORRECTIONS = """
CREATE TABLE corrections (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, team_id TEXT NOT NULL,
    challenge_id TEXT NOT NULL, subject TEXT NOT NULL, content TEXT NOT NULL,
    reason TEXT NOT NULL, account TEXT NOT NULL, role TEXT NOT NULL, at TEXT NOT NULL,
    undone_at TEXT, undone_by TEXT NOT NULL, undone_reason TEXT NOT NULL
);
CREATE INDEX corrections_of_team ON corrections (team_id);
CREATE INDEX corrections_of_challenge ON corrections (challenge_id);
"""

# What is known of a document beside its text names it so too.
_FACTS_OF_DOCUMENTS = """
UPDATE records SET facts = json_remove(
    json_set(facts, '$.document_id', json_extract(facts, '$.owner_id')), '$.owner_id'
) WHERE json_extract(facts, '$.owner_id') IS NOT NULL
"""

# Who sees to a challenge, for which meeting, and what staff say about it. Nobody filled the two.
_HANDLING = """
CREATE TABLE handlings (
    challenge_id TEXT PRIMARY KEY, assignee INTEGER REFERENCES accounts (id),
    meeting TEXT NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE comments (
    number INTEGER PRIMARY KEY, challenge_id TEXT NOT NULL, account TEXT NOT NULL,
    text TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX comments_of ON comments (challenge_id);
ALTER TABLE registrations DROP COLUMN issuer;
ALTER TABLE registrations DROP COLUMN subject;
"""

# Who may be one person, as the last build of the library asks it.
_PERSON_QUESTIONS = """
CREATE TABLE person_questions (
    one TEXT NOT NULL, other TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (one, other)
) WITHOUT ROWID
"""

# Whom staff asked to mark the alliances of a year.
_EVALUATORS = """
CREATE TABLE alliance_evaluators (
    year INTEGER NOT NULL, account_id INTEGER NOT NULL REFERENCES accounts (id), at TEXT NOT NULL,
    PRIMARY KEY (year, account_id)
) WITHOUT ROWID
"""

# Records that look alike and were said not to be one.
_KEPT_APART = """
CREATE TABLE kept_apart (
    side TEXT NOT NULL, one TEXT NOT NULL, other TEXT NOT NULL, account TEXT NOT NULL,
    at TEXT NOT NULL, PRIMARY KEY (side, one, other)
) WITHOUT ROWID
"""

# A band is one of the bands; another word that stood there is kept among the remarks.
_BANDS = """
UPDATE alliances SET content = json_set(
    content, '$.match_band', '未定', '$.note', coalesce(json_extract(content, '$.note'), '')
    || '（匹配档次原写“' || json_extract(content, '$.match_band') || '”）'
) WHERE json_extract(content, '$.match_band') NOT IN ('强', '中', '弱', '未定', '')
"""

# What was filed with a step of a pair: the signed contract, the papers of its acceptance.
_STEP_FILES = """
CREATE TABLE step_files (
    id TEXT PRIMARY KEY, step INTEGER NOT NULL REFERENCES steps (number), name TEXT NOT NULL,
    content BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX step_files_of ON step_files (step)
"""

# Which alliances an evaluator was given ([]: all), and when the marks were handed in.
_GIVEN_TO_MARK = """
ALTER TABLE alliance_evaluators ADD COLUMN alliances TEXT NOT NULL DEFAULT '[]';
ALTER TABLE alliance_evaluators ADD COLUMN handed_in TEXT NOT NULL DEFAULT ''
"""

# The persons that lists of supervisors and experts named. Before, only the teams built around them
# were kept; these have other numbers than those that works alone gave.
_LISTED_PEOPLE = f"""
CREATE TABLE listed_people (id TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO listed_people SELECT id, json_remove(content, '$.evidence') FROM built_teams
    WHERE id NOT GLOB 'T{"[0-9a-f]" * 10}*'
"""

# Who marks what: the alliances of a year, the bids of a challenge.
_MARKERS = """
CREATE TABLE evaluators (
    kind TEXT NOT NULL, task TEXT NOT NULL, account_id INTEGER NOT NULL REFERENCES accounts (id),
    at TEXT NOT NULL, given TEXT NOT NULL, handed_in TEXT NOT NULL,
    PRIMARY KEY (kind, task, account_id)
) WITHOUT ROWID;
INSERT INTO evaluators SELECT '联盟', CAST(year AS TEXT), account_id, at, alliances, handed_in
FROM alliance_evaluators;
DROP TABLE alliance_evaluators
"""

# Whoever is asked no longer without having handed in is remembered: its marks do not count.
_ASKED_NO_LONGER = """
ALTER TABLE evaluators ADD COLUMN released TEXT NOT NULL DEFAULT ''
"""

# How mature a team's work is can be filtered by, as it is worked out of its records.
_LEVELS = " UNION ALL ".join(f"SELECT {level} AS level" for level in range(1, 10))
_MATURITY = f"""
UPDATE records SET facts = json_set(facts, '$.maturity', (
    SELECT max(level) FROM (
        SELECT json_extract(piece.value, '$.trl') AS level
        FROM json_each(records.content, '$.evidence') AS piece
        UNION ALL SELECT level FROM ({_LEVELS})
        WHERE instr(json_extract(records.content, '$.trl_range'), level) > 0
    )
)) WHERE side = 'team'
"""

# What teams say phrase by phrase has vectors too, beside those of the passages.
_PHRASES = """
CREATE TABLE phrases (position INTEGER PRIMARY KEY, vectors BLOB NOT NULL)
"""

MIGRATIONS: tuple[str, ...] = (
    _RECORDS, _SERVICE, _SIGHTINGS, _ACHIEVEMENTS, _PROCEDURE, _ACCESS, _MESSAGES, _ALLIANCES,
    _DOCUMENTS, _CORRECTIONS, _FACTS_OF_DOCUMENTS, _HANDLING, _PERSON_QUESTIONS,
    _EVALUATORS, _KEPT_APART, _BANDS, _STEP_FILES, _GIVEN_TO_MARK,
    _LISTED_PEOPLE, _MARKERS, _ASKED_NO_LONGER, _MATURITY,
    _PHRASES,
)  # fmt: skip
SCHEMA_VERSION = len(MIGRATIONS)


def upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Bring a file of ``version`` (0: empty) up to date; inside a transaction of the caller's."""
    for statements in MIGRATIONS[version:]:
        for statement in statements.split(";"):
            connection.execute(statement)
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('schema', ?)", (str(SCHEMA_VERSION),))
