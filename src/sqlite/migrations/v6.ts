/**
 * Schema version 6: labels by name and value, in the order of lists. Never edit: saved files of this version exist.
 *
 * `runLabels` is kept by triggers, so that whoever writes a run need
 * not know of it. What the command keeps for itself is left out.
 */
export const v6 = `
CREATE TABLE runLabels (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  createdAt INTEGER NOT NULL,
  run INTEGER NOT NULL,
  PRIMARY KEY (name, value, createdAt, run)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO runLabels
  SELECT l.key, l.value, r.createdAt, r.key FROM runs r, json_each(iif(json_valid(r.labels), r.labels, '{}')) l
  WHERE l.key NOT GLOB 'pinnace/*';

CREATE TRIGGER runLabelsInserted AFTER INSERT ON runs WHEN new.labels <> '{}' AND json_valid(new.labels) BEGIN
  INSERT OR IGNORE INTO runLabels
    SELECT l.key, l.value, new.createdAt, new.key FROM json_each(new.labels) l WHERE l.key NOT GLOB 'pinnace/*';
END;

CREATE TRIGGER runLabelsDeleted AFTER DELETE ON runs WHEN old.labels <> '{}' AND json_valid(old.labels) BEGIN
  DELETE FROM runLabels WHERE (name, value, createdAt, run) IN
    (SELECT l.key, l.value, old.createdAt, old.key FROM json_each(old.labels) l);
END;

-- Labels that were damaged do not say what to remove, and must not fail what else is written.
CREATE TRIGGER damagedLabelsDeleted AFTER DELETE ON runs WHEN NOT json_valid(old.labels) BEGIN
  DELETE FROM runLabels WHERE run = old.key;
END;

CREATE TRIGGER damagedLabelsUpdated AFTER UPDATE OF labels ON runs WHEN NOT json_valid(old.labels) BEGIN
  DELETE FROM runLabels WHERE run = old.key;
  INSERT OR IGNORE INTO runLabels
    SELECT l.key, l.value, new.createdAt, new.key FROM json_each(iif(json_valid(new.labels), new.labels, '{}')) l
    WHERE l.key NOT GLOB 'pinnace/*';
END;

CREATE TRIGGER runLabelsUpdated AFTER UPDATE OF labels ON runs
  WHEN new.labels <> old.labels AND json_valid(new.labels) AND json_valid(old.labels) BEGIN
  DELETE FROM runLabels WHERE (name, value, createdAt, run) IN
    (SELECT l.key, l.value, old.createdAt, old.key FROM json_each(old.labels) l);
  INSERT OR IGNORE INTO runLabels
    SELECT l.key, l.value, new.createdAt, new.key FROM json_each(new.labels) l WHERE l.key NOT GLOB 'pinnace/*';
END;
`
