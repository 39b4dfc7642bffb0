"""The tables of the store, and how older files come to have them."""

# Begins what replies to somebody's question about a paper are kept under, so that they
# are no part of what is known of its summary.
ASKED = "asked:"

# Entry n brings a file from version n to n + 1; entries are only ever appended.
MIGRATIONS = (
    """
    CREATE TABLE ledger (
        topic TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
        state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, day TEXT,
        reason TEXT NOT NULL DEFAULT '', paper TEXT NOT NULL,
        PRIMARY KEY (topic, id)) WITHOUT ROWID;
    CREATE INDEX ledger_state ON ledger (topic, state);
    CREATE TABLE coverage (topic TEXT PRIMARY KEY, until TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE documents (
        id TEXT PRIMARY KEY, pages INTEGER NOT NULL, chars INTEGER NOT NULL,
        seconds REAL NOT NULL) WITHOUT ROWID;
    CREATE TABLE summaries (
        key TEXT PRIMARY KEY, id TEXT NOT NULL, made_at TEXT NOT NULL,
        summary TEXT NOT NULL, provenance TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE posts (
        topic TEXT NOT NULL, day TEXT NOT NULL, path TEXT NOT NULL,
        sha256 TEXT NOT NULL, pending TEXT, PRIMARY KEY (topic, day)) WITHOUT ROWID;
    CREATE TABLE runs (
        n INTEGER PRIMARY KEY, started_at TEXT NOT NULL, topic TEXT NOT NULL,
        report TEXT NOT NULL);
    CREATE TABLE jobs (
        name TEXT PRIMARY KEY, submitted_at TEXT NOT NULL, keys TEXT NOT NULL,
        state TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE periods (
        topic TEXT NOT NULL, period TEXT NOT NULL, PRIMARY KEY (topic, period)
    ) WITHOUT ROWID;
    """,
    "ALTER TABLE ledger ADD COLUMN post_day TEXT;",
    # The summaries of version 2 and before answer another prompt and have no verdicts.
    """
    CREATE TABLE replies (
        key TEXT PRIMARY KEY, id TEXT NOT NULL, purpose TEXT NOT NULL,
        made_at TEXT NOT NULL, reply TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX replies_id ON replies (id);
    """,
    # Posts of version 3 and before are known by their hashes alone.
    """
    CREATE TABLE texts (
        topic TEXT NOT NULL, day TEXT NOT NULL, state TEXT NOT NULL,
        markdown BLOB NOT NULL, twin BLOB NOT NULL, PRIMARY KEY (topic, day, state));
    """,
    """
    CREATE TABLE stars (
        id TEXT PRIMARY KEY, starred_at TEXT NOT NULL, paper TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    # What was delivered to whom, and what the other side said.
    """
    CREATE TABLE receipts (
        n INTEGER PRIMARY KEY, topic TEXT NOT NULL, day TEXT NOT NULL,
        channel TEXT NOT NULL, receiver TEXT NOT NULL, items TEXT NOT NULL,
        sha256 TEXT NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL,
        answer TEXT NOT NULL);
    CREATE INDEX receipts_of ON receipts (topic, channel, receiver, day);
    """,
    # The posts of weeks and months.
    """
    CREATE TABLE reviews (
        topic TEXT NOT NULL, period TEXT NOT NULL, markdown BLOB NOT NULL,
        twin BLOB NOT NULL, PRIMARY KEY (topic, period)) WITHOUT ROWID;
    """,
    # What readers' libraries held when they were asked last.
    """
    CREATE TABLE libraries (
        name TEXT PRIMARY KEY, at TEXT NOT NULL, version INTEGER NOT NULL,
        titles TEXT NOT NULL) WITHOUT ROWID;
    """,
)
