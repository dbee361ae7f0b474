/** Schema version 2: the keys of a family take turns at what they share, as in `lock/turns.ts`. */
export const turns = `
CREATE FUNCTION family_of(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT substring(name FROM '^~\\d+/([^/]*)/')
$$;

CREATE OR REPLACE FUNCTION give(arrived int8, at float8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE permits SET "grantedAt" = at, granted = nextval('grant_numbers') WHERE arrival = arrived;
  UPDATE takes SET held = true WHERE arrival = arrived;
  UPDATE semaphores s SET "fullAt" = spend(s."fullAt", s."limit", s.per, t.weight, at) FROM takes t
    WHERE t.arrival = arrived AND s.name = t.name AND s.per IS NOT NULL;
  -- The latest place that was granted to a family.
  UPDATE semaphores s SET "fullAt" = greatest(s."fullAt", arrived) FROM takes t
    WHERE t.arrival = arrived AND s.name = family_of(t.name) AND s.per IS NULL
      AND EXISTS (SELECT 1 FROM takes u WHERE u.arrival = arrived AND u.name = s.name);
END $$;

-- The place of a new request.
CREATE FUNCTION place_of(asked jsonb, of_priority int8) RETURNS int8 LANGUAGE plpgsql AS $$
DECLARE
  turn CONSTANT int8 := 1048576;
  newest int8;
  place int8;
BEGIN
  SELECT last_value INTO newest FROM permits_arrival_seq;
  WITH wanted AS (SELECT * FROM jsonb_to_recordset(asked) AS t(name text, weight int8)),
    shared AS (SELECT k.name AS key, k.weight, w.name AS total FROM wanted k JOIN wanted w ON w.name = family_of(k.name))
  SELECT max((greatest(
      coalesce((SELECT s."fullAt" FROM semaphores s WHERE s.name = shared.total AND s.per IS NULL), 0)::int8,
      coalesce((SELECT max(p.arrival) FROM takes t JOIN permits p ON p.arrival = t.arrival
        WHERE t.name = shared.key AND p.priority = of_priority), 0)
    ) / turn + shared.weight) * turn) INTO place FROM shared
    WHERE EXISTS (
      SELECT 1 FROM shared o JOIN takes t ON t.name = o.total WHERE NOT t.held
    );
  IF place IS NULL THEN place := newest + turn;
  ELSIF EXISTS (SELECT 1 FROM permits WHERE arrival = place) THEN
    SELECT max(arrival) + 1 INTO place FROM permits WHERE arrival >= place AND arrival < place + turn;
  END IF;
  PERFORM setval('permits_arrival_seq', greatest(newest, place));
  RETURN place;
END $$;

CREATE OR REPLACE FUNCTION request_permit(w json) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  n permits := json_populate_record(null::permits, w);
  before permits;
  owned int;
BEGIN
  SELECT coalesce(owner, 0) INTO owned FROM runs WHERE key = n.run AND phase IN ('Pending', 'Running');
  IF NOT FOUND THEN RETURN '{}'; END IF;
  SELECT * INTO before FROM permits WHERE run = n.run AND path = n.path;
  IF NOT FOUND THEN
    INSERT INTO permits (arrival, run, path, priority, takes, "askedAt") OVERRIDING SYSTEM VALUE
      VALUES (place_of(n.takes, n.priority), n.run, n.path, n.priority, n.takes, n."askedAt")
      RETURNING * INTO before;
  ELSIF before.takes = n.takes AND before.granted > 0 THEN
    -- Granted already: a new number, so that it is told again.
    UPDATE permits SET granted = nextval('grant_numbers') WHERE arrival = before.arrival;
    RETURN ARRAY[owned];
  ELSE
    UPDATE permits SET takes = n.takes, granted = 0, "grantedAt" = 0,
      priority = CASE WHEN before.priority >= 1125899906842624 THEN before.priority ELSE n.priority END
      WHERE arrival = before.arrival;
    DELETE FROM takes WHERE arrival = before.arrival;
  END IF;
  INSERT INTO takes (arrival, name, weight)
    SELECT before.arrival, t.name, t.weight FROM jsonb_to_recordset(n.takes) AS t(name text, weight int8);
  RETURN '{}';
END $$;
`
