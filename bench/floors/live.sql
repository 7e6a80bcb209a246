-- Floors of a live roll-up by department, as a person would write it by hand: what stands now from the cached
-- totals, an earlier day from the entries until then. By township too, for the worst of each department.
SELECT kind.department_id, issue.township_id, issue.counted_in, COUNT(*),
  SUM(found), SUM(removed), SUM(claimed), SUM(confirmed), COUNT(*) FILTER (WHERE closed_on <= %(day)s),
  SUM(found - removed - claimed) FILTER (WHERE deadline_confirmed AND deadline_class IN ('dated', 'immediate')
    AND due_on < %(day)s),
  SUM(found - removed - claimed) FILTER (WHERE deadline_class = 'undetermined'),
  SUM(found - removed - claimed) FILTER (WHERE deadline_class <> 'undetermined' AND NOT deadline_confirmed),
  SUM(found - removed - claimed) FILTER (WHERE stated_on IS NULL OR stated_on > %(day)s),
  SUM(amount_found), SUM(amount_removed), SUM(amount_claimed)
FROM issues_issue AS issue LEFT JOIN issues_category AS kind ON kind.id = issue.category_id
WHERE issue.campaign_id = %(campaign)s AND state <> 'withdrawn'
GROUP BY 1, 2, 3;
SELECT kind.department_id, issue.township_id, issue.counted_in, COUNT(*),
  SUM(past.found), SUM(past.removed), SUM(past.claimed), SUM(past.confirmed),
  COUNT(*) FILTER (WHERE closed_on <= %(day)s),
  SUM(past.found - past.removed - past.claimed) FILTER (WHERE deadline_confirmed
    AND deadline_class IN ('dated', 'immediate') AND due_on < %(day)s),
  SUM(past.found - past.removed - past.claimed) FILTER (WHERE deadline_class = 'undetermined'),
  SUM(past.found - past.removed - past.claimed) FILTER (WHERE deadline_class <> 'undetermined'
    AND NOT deadline_confirmed),
  SUM(past.found - past.removed - past.claimed) FILTER (WHERE stated_on IS NULL OR stated_on > %(day)s),
  SUM(past.amount_found), SUM(past.amount_removed), SUM(past.amount_claimed)
FROM (
  SELECT item_id,
    COALESCE(SUM(quantity) FILTER (WHERE stage = 'found'), 0) AS found,
    COALESCE(SUM(quantity) FILTER (WHERE stage = 'removed'), 0) AS removed,
    COALESCE(SUM(quantity) FILTER (WHERE stage = 'claimed'), 0) AS claimed,
    COALESCE(SUM(quantity) FILTER (WHERE stage = 'confirmed'), 0) AS confirmed,
    COALESCE(SUM(amount) FILTER (WHERE stage = 'found'), 0) AS amount_found,
    COALESCE(SUM(amount) FILTER (WHERE stage = 'removed'), 0) AS amount_removed,
    COALESCE(SUM(amount) FILTER (WHERE stage = 'claimed'), 0) AS amount_claimed
  FROM issues_issueentry WHERE happened_on <= %(day)s GROUP BY item_id
) AS past
JOIN issues_issue AS issue ON issue.id = past.item_id
LEFT JOIN issues_category AS kind ON kind.id = issue.category_id
WHERE issue.campaign_id = %(campaign)s AND state <> 'withdrawn'
GROUP BY 1, 2, 3;
