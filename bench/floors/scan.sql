-- Floor of a scan with nothing new: for each subject that every open issue may run into, what a person would
-- write by hand: the open ones on a rung, with their seats, that the table of alerts does not hold.
SELECT COUNT(*) FROM issues_issue AS issue
CROSS JOIN (VALUES ('staff'), ('head'), ('leader_in_charge')) AS seat(duty)
WHERE issue.state IN ('registered', 'awaiting_signature', 'planning', 'plan_submitted', 'rectifying', 'closing')
AND issue.claimed < issue.found - issue.removed AND issue.deadline_confirmed AND issue.due_on <= DATE '{day}' + 20
AND NOT EXISTS (
  SELECT 1 FROM alerts_alert AS told WHERE told.item_kind = 'issue' AND told.item_id = issue.id
  AND told.subject = 'due' AND told.anchor_on = issue.due_on AND told.duty = seat.duty);
SELECT COUNT(*) FROM issues_issue AS issue
CROSS JOIN (VALUES ('staff'), ('head')) AS seat(duty)
WHERE issue.state IN ('registered', 'plan_submitted', 'rectifying') AND issue.claimed < issue.found - issue.removed
AND COALESCE((SELECT MAX(entry.happened_on) FROM issues_issueentry AS entry
  WHERE entry.item_id = issue.id AND entry.stage IN ('claimed', 'confirmed')), issue.found_on) <= DATE '{day}' - 15
AND NOT EXISTS (
  SELECT 1 FROM alerts_alert AS told WHERE told.item_kind = 'issue' AND told.item_id = issue.id
  AND told.subject = 'stalled' AND told.duty = seat.duty);
SELECT COUNT(*) FROM issues_issue AS issue
CROSS JOIN (VALUES ('staff'), ('leader_in_charge')) AS seat(duty)
WHERE issue.claimed < issue.found - issue.removed AND issue.deadline_confirmed
AND issue.due_on >= DATE '{day}' AND issue.found_on < issue.due_on
AND (DATE '{day}' - issue.found_on) * 10000 / (issue.due_on - issue.found_on)
  - issue.claimed * 10000 / (issue.found - issue.removed) >= 1000
AND NOT EXISTS (
  SELECT 1 FROM alerts_alert AS told WHERE told.item_kind = 'issue' AND told.item_id = issue.id
  AND told.subject = 'behind' AND told.duty = seat.duty);
