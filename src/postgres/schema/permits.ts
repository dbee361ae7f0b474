/**
 * Schema version 1: permits. The rule of `lock/grant.ts` and `lock/bucket.ts`, inside the transaction that asks, frees,
 * or changes a limit; a property test holds the two together.
 *
 * All that may grant something takes one lock first (`lock_permits`): so grants of all processes have one order, and
 * their numbers grow with it.
 */
export const permits = `
CREATE FUNCTION lock_permits() RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(hashtext(current_schema()), 0)
$$;

CREATE FUNCTION clock() RETURNS float8 LANGUAGE sql AS $$
  SELECT floor(extract(epoch FROM clock_timestamp())::float8 * 1000)
$$;

CREATE FUNCTION missing(full_at float8, per float8, at float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
  SELECT least(per, greatest(0::float8, full_at - at))
$$;

-- How many tokens of a rate are missing, to a thousandth.
CREATE FUNCTION spent(full_at float8, most int8, per float8, at float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
  SELECT floor(missing(full_at, per, at) * most * 1000 / per + 0.5) / 1000
$$;

CREATE FUNCTION spend(full_at float8, most int8, per float8, weight int8, at float8) RETURNS float8
LANGUAGE sql IMMUTABLE AS $$
  SELECT at + missing(full_at, per, at) + weight * per / most
$$;

CREATE FUNCTION held_of(s semaphores, at float8) RETURNS float8 LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN s.per IS NULL OR s."limit" IS NULL
    THEN (SELECT coalesce(sum(t.weight), 0)::float8 FROM takes t WHERE t.name = s.name AND t.held)
    ELSE spent(s."fullAt", s."limit", s.per, at) END
$$;

-- The limit that a name says, as in workflow/shortLived.ts; null where it is a row.
CREATE FUNCTION limit_in(name text) RETURNS int8 LANGUAGE sql IMMUTABLE AS $$
  SELECT substring(name FROM '^~(\\d+)/')::int8
$$;

CREATE FUNCTION is_servable(arrived int8) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (
    SELECT 1 FROM takes t LEFT JOIN semaphores s ON s.name = t.name
    WHERE t.arrival = arrived AND coalesce(t.weight > coalesce(s."limit", limit_in(t.name)), true)
  )
$$;

-- Whether a key has no room for a request and for all that hold it or asked before, as in lock/grant.ts.
CREATE FUNCTION stands_aside(arrived int8) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM takes t JOIN permits p ON p.arrival = t.arrival
    WHERE t.arrival = arrived AND limit_in(t.name) IS NOT NULL AND limit_in(t.name) < t.weight
      + (SELECT coalesce(sum(h.weight), 0) FROM takes h WHERE h.name = t.name AND h.held)
      + (SELECT coalesce(sum(a.weight), 0) FROM takes a JOIN permits b ON b.arrival = a.arrival
        JOIN runs r ON r.key = b.run JOIN processes o ON o.id = r.owner
        WHERE a.name = t.name AND NOT a.held AND (b.priority, -b.arrival) > (p.priority, -p.arrival)
          AND is_servable(b.arrival))
  )
$$;

-- Takes what they hold from requests of runs that nobody alive executes: whoever goes on with these runs comes before
-- those who only waited.
CREATE FUNCTION orphan_permits() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH orphaned AS (
    UPDATE permits p SET granted = 0, "grantedAt" = 0,
      priority = CASE WHEN p.priority >= 1125899906842624 THEN p.priority ELSE p.priority + 2251799813685248 END
    WHERE p.granted > 0
      AND NOT EXISTS (SELECT 1 FROM runs r JOIN processes o ON o.id = r.owner WHERE r.key = p.run)
    RETURNING p.arrival
  ) UPDATE takes t SET held = false FROM orphaned o WHERE t.arrival = o.arrival;
END $$;

CREATE FUNCTION give(arrived int8, at float8) RETURNS void LANGUAGE plpgsql AS $$
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

-- Grants what can be granted at an instant; answers the processes whose runs were granted something.
CREATE FUNCTION settle(at float8) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  waiting record;
  has_room boolean;
  fits boolean;
  -- What is held and the limit of each name that somebody waits for and that is not blocked.
  used jsonb;
  most jsonb;
  owners int[] := '{}';
BEGIN
  UPDATE semaphores SET "fullAt" = at + per
    WHERE per IS NOT NULL AND "limit" IS NOT NULL AND "fullAt" > at + per AND EXISTS (SELECT 1 FROM permits);
  SELECT coalesce(jsonb_object_agg(o.name, o.held), '{}'), coalesce(jsonb_object_agg(o.name, o.most), '{}')
    INTO used, most FROM (
      SELECT s.name, held_of(s, at) AS held, s."limit" AS most FROM semaphores s
      WHERE s."limit" IS NOT NULL AND EXISTS (SELECT 1 FROM takes t WHERE t.name = s.name AND NOT t.held)
      UNION ALL
      SELECT t.name, coalesce(sum(t.weight) FILTER (WHERE t.held), 0)::float8, limit_in(t.name) FROM takes t
      WHERE limit_in(t.name) IS NOT NULL GROUP BY t.name
    ) o WHERE o.held + 1 <= o.most;
  FOR waiting IN
    SELECT p.arrival, o.id AS owner FROM permits p JOIN runs r ON r.key = p.run JOIN processes o ON o.id = r.owner
    WHERE p.granted = 0 ORDER BY p.priority DESC, p.arrival
  LOOP
    EXIT WHEN used = '{}'::jsonb;
    CONTINUE WHEN NOT is_servable(waiting.arrival);
    SELECT coalesce(bool_and(o.fits) FILTER (WHERE o.keyed), true),
        coalesce(bool_and(o.fits) FILTER (WHERE NOT o.keyed), true)
      INTO has_room, fits FROM (
        SELECT limit_in(t.name) IS NOT NULL AS keyed,
          coalesce((used->>t.name)::float8 + t.weight <= (most->>t.name)::float8, false) AS fits
        FROM takes t WHERE t.arrival = waiting.arrival
      ) o;
    -- Keys are claimed in turn, whoever is granted; the others are blocked by whoever is in line and is not.
    SELECT used - coalesce(array_agg(t.name::text), '{}') || coalesce(
        jsonb_object_agg(t.name, (used->>t.name)::float8 + t.weight) FILTER (
          WHERE (used->>t.name)::float8 + t.weight <= (most->>t.name)::float8
            AND (limit_in(t.name) IS NOT NULL OR fits)
        ), '{}')
      INTO used FROM takes t WHERE t.arrival = waiting.arrival AND (limit_in(t.name) IS NOT NULL OR has_room);
    IF has_room AND fits THEN
      PERFORM give(waiting.arrival, at);
      owners := owners || waiting.owner;
    END IF;
  END LOOP;
  RETURN owners;
END $$;

-- For each rate the instant from which the first servable request in its queue is not kept by the rate any more.
CREATE FUNCTION refills(now float8) RETURNS TABLE (name text, at float8, owner int) LANGUAGE sql STABLE AS $$
  SELECT s.name, greatest(now + 1, ceil(spend(s."fullAt", s."limit", s.per, n.weight, now) - s.per)), n.owner
  FROM semaphores s CROSS JOIN LATERAL (
    SELECT t.weight, o.id AS owner FROM takes t JOIN permits p ON p.arrival = t.arrival
    JOIN runs r ON r.key = p.run JOIN processes o ON o.id = r.owner
    WHERE t.name = s.name AND p.granted = 0 AND is_servable(p.arrival) AND NOT stands_aside(p.arrival)
    ORDER BY p.priority DESC, p.arrival LIMIT 1
  ) n
  WHERE s.per IS NOT NULL AND s."limit" IS NOT NULL
    AND spent(s."fullAt", s."limit", s.per, now) + n.weight > s."limit"
$$;

CREATE FUNCTION channel_of(process int) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT 'pinnace_' || md5(current_schema()) || coalesce('_' || process, '')
$$;

CREATE FUNCTION news_of(self int, told int8, at float8) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT json_build_object(
    'grants', (SELECT json_agg(json_build_object('run', p.run, 'path', p.path, 'granted', p.granted) ORDER BY p.granted)
      FROM permits p JOIN runs r ON r.key = p.run WHERE p.granted > 0 AND p.granted > told AND r.owner = self),
    'refills', (SELECT json_agg(json_build_object('name', f.name, 'at', f.at)) FROM refills(news_of.at) f
      WHERE f.owner = self))
$$;

-- Grants, and tells the other processes whose runs were granted something or wait for a rate; answers what this process
-- is to hear. All is of one instant: a rate that is there a moment later is waited for.
CREATE FUNCTION settle_and_tell(self int, told int8, also int[] DEFAULT '{}', now float8 DEFAULT clock())
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  owners int[] := settle(now) || also;
BEGIN
  IF EXISTS (SELECT 1 FROM semaphores WHERE per IS NOT NULL) THEN
    owners := owners || ARRAY(SELECT owner FROM refills(now));
  END IF;
  PERFORM pg_notify(channel_of(o.id), 'granted') FROM (SELECT DISTINCT unnest(owners) AS id) o WHERE o.id <> self;
  RETURN CASE WHEN self = ANY(owners) THEN news_of(self, told, now) END;
END $$;

-- What a process may have missed.
CREATE FUNCTION look_for_news(self int, told int8) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  now float8;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM permits) THEN RETURN '{}'; END IF;
  PERFORM lock_permits();
  now := clock();
  PERFORM settle_and_tell(self, told, '{}', now);
  RETURN news_of(self, told, now);
END $$;

CREATE FUNCTION request_permit(w json) RETURNS int[] LANGUAGE plpgsql AS $$
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

CREATE FUNCTION set_limit(w json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  n semaphores := json_populate_record(null::semaphores, w->'row');
BEGIN
  INSERT INTO semaphores AS s (name, "limit", per, source, problem)
    VALUES (n.name, n."limit", n.per, n.source, n.problem)
  ON CONFLICT (name) DO UPDATE SET per = excluded.per, source = excluded.source, problem = excluded.problem,
    "limit" = CASE WHEN w->>'initial' = 'true' THEN coalesce(s."limit", excluded."limit") ELSE excluded."limit" END
    WHERE w->>'initial' IS DISTINCT FROM 'true' OR s."limit" IS NULL OR s.per IS DISTINCT FROM excluded.per;
END $$;
`
