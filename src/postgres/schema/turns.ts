/** Schema version 1: the keys of a family take turns at what they share, as in `lock/turns.ts`. */
export const turns = `
CREATE FUNCTION family_of(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT substring(name FROM '^~\\d+/([^/]*)/')
$$;

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
`
