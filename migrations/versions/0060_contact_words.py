"""people are found by the beginning of a word of their name

Revision: 0060, after 0059.
"""

from alembic import op
import sqlalchemy as sa

from core.db.types import Key
from core.text.search_words import split_words

revision = '0060'
down_revision = '0059'
branch_labels = None
depends_on = None

AT_ONCE = 1_000


def upgrade() -> None:
    words = op.create_table(
        'contact_words',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
        sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('word', Key, nullable=False),
        sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_contact_words_contact_id_contacts')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_words')),
        sa.UniqueConstraint('account_id', 'word', 'contact_id', name=op.f('uq_contact_words_account_id_word_contact_id')),
    )
    op.create_index(op.f('ix_contact_words_contact_id'), 'contact_words', ['contact_id'])
    _fill(words)


def _fill(words: sa.Table) -> None:
    """Everybody who is known already, a thousand at a time."""
    connection, last = op.get_bind(), 0
    people = sa.text(
        'SELECT id, account_id, first_name, last_name, username FROM contacts WHERE id > :last ORDER BY id LIMIT :most'
    )
    while rows := connection.execute(people, {'last': last, 'most': AT_ONCE}).all():
        last = rows[-1].id
        lines = [
            {'account_id': row.account_id, 'contact_id': row.id, 'word': word}
            for row in rows
            for word in split_words(row.first_name, row.last_name, row.username)
        ]
        if lines:
            connection.execute(words.insert(), lines)


def downgrade() -> None:
    op.drop_table('contact_words')
