INSERT INTO issues_report (issue_id, unit_id, reported_by_id, client_id, digest, receipt, quantity,
    happened_on, narrative, recorded_at) VALUES (%(pk)s, %(unit)s, %(by)s, %(client)s, %(digest)s, %(receipt)s, 1000,
    %(day)s, %(said)s, %(now)s);
INSERT INTO issues_issueentry (item_id, stage, quantity, happened_on, recorded_at, recorded_by_id, cause)
    VALUES (%(pk)s, 'claimed', 1000, %(day)s, %(now)s, %(by)s, 'report');
UPDATE issues_issue SET claimed = claimed + 1000, last_word_on = %(day)s, version = version + 1 WHERE id = %(pk)s;
INSERT INTO issues_fieldchange (issue_id, field, before, after, changed_at, changed_by_id, cause)
    VALUES (%(pk)s, 'progress', '', %(said)s, %(now)s, %(by)s, 'report');
UPDATE issues_issue SET progress = %(said)s, version = version + 1, updated_at = %(now)s WHERE id = %(pk)s;
INSERT INTO townships_event (subject_type, subject_id, seq, at, actor_id, action, summary, facts, previous_hash, hash)
    VALUES ('bench', %(stamp)s, 1, %(now)s, %(by)s, 'report', %(said)s, '{}', %(digest)s, %(digest)s);
INSERT INTO townships_revision (unit_key, number) VALUES (%(unit)s, 1)
    ON CONFLICT (unit_key) DO UPDATE SET number = townships_revision.number + 1
