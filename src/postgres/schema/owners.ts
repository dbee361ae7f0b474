/** Schema version 1: who owns what. Whatever takes the runs or permits of the dead declares them dead before. */
export const owners = `
CREATE FUNCTION settle_orphans(self int, told int8) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM permits) THEN RETURN NULL; END IF;
  PERFORM lock_permits();
  PERFORM orphan_permits();
  RETURN settle_and_tell(self, told);
END $$;

CREATE FUNCTION claim_runs(self int, number int8, told int8, of_workflows text[], of_kinds text[], one int8)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  state text := fence(self, number);
  news json;
BEGIN
  IF state = 'new' THEN
    WITH free AS (
      SELECT key FROM runs
      WHERE CASE WHEN one IS NULL THEN phase IN ('Pending', 'Running') ELSE key = one END
        AND (of_workflows IS NULL OR workflow = ANY(of_workflows) OR definition IS NOT NULL AND kind = ANY(of_kinds))
        AND (one IS NOT NULL OR of_workflows IS NOT NULL OR owner IS NOT NULL)
        AND (owner IS NULL OR owner NOT IN (SELECT id FROM processes))
      ORDER BY key FOR UPDATE
    ) UPDATE runs r SET owner = self, claimed = number FROM free f WHERE r.key = f.key;
    news := settle_orphans(self, told);
  ELSIF state <> 'again' THEN RETURN json_build_object('state', state);
  END IF;
  RETURN json_build_object('state', state, 'news', news, 'value', (
    SELECT json_agg(row_to_json(r) ORDER BY r."createdAt", r.key) FROM runs r
    WHERE r.owner = self AND r.claimed = number
  ));
END $$;

CREATE FUNCTION release_runs(self int, number int8, told int8, keys int8[], offers boolean)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  news json;
  state text := fence(self, number);
  released json;
BEGIN
  IF state <> 'new' THEN RETURN json_build_object('state', state, 'value', '[]'::json); END IF;
  WITH freed AS (UPDATE runs SET owner = NULL WHERE owner = self AND key = ANY(keys) RETURNING key)
    SELECT coalesce(json_agg(key), '[]') INTO released FROM freed;
  news := settle_orphans(self, told);
  IF offers THEN PERFORM pg_notify(channel_of(NULL), 'freed ' || self); END IF;
  RETURN json_build_object('state', state, 'news', news, 'value', released);
END $$;

CREATE FUNCTION leave(self int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE runs SET owner = NULL WHERE owner = self;
  DELETE FROM watches WHERE process = self;
  DELETE FROM processes WHERE id = self;
  IF FOUND THEN PERFORM pg_notify(channel_of(NULL), 'died ' || self); END IF;
  PERFORM settle_orphans(self, 0);
END $$;

-- The processes that have no session any more which holds their lock.
CREATE FUNCTION absent() RETURNS SETOF int LANGUAGE sql VOLATILE AS $$
  SELECT p.id FROM processes p WHERE NOT EXISTS (
    SELECT 1 FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.objid = p.id
      AND l.classid::int8 = hashtext(current_schema())::int8 & 4294967295
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  )
$$;

-- Declares processes dead that are absent still, and were not back meanwhile; answers those that it did.
CREATE FUNCTION bury(self int, dead int[], seen int[]) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  buried int[];
BEGIN
  PERFORM 1 FROM processes WHERE id = self FOR KEY SHARE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  WITH gone AS (
    DELETE FROM processes p USING unnest(dead, seen) AS d (id, returns)
      WHERE p.id = d.id AND p.returns = d.returns AND p.id <> self AND p.id IN (SELECT absent()) RETURNING p.id
  ) SELECT coalesce(array_agg(id), '{}') INTO buried FROM gone;
  DELETE FROM watches WHERE process = ANY(buried);
  PERFORM pg_notify(channel_of(NULL), 'died ' || b.id) FROM (SELECT unnest(buried) AS id) b;
  IF array_length(buried, 1) > 0 THEN
    -- Its own grants are told to it as well: nothing of this is in the answer.
    PERFORM settle_orphans(0, 0);
  END IF;
  RETURN buried;
END $$;

CREATE FUNCTION break_permit(self int, number int8, told int8, of int8, at_path text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  state text := fence(self, number);
  was_held boolean;
BEGIN
  IF state <> 'new' THEN RETURN json_build_object('state', state, 'value', true); END IF;
  PERFORM lock_permits();
  DELETE FROM permits WHERE run = of AND path = at_path AND granted > 0;
  was_held := FOUND;
  RETURN json_build_object('state', state, 'value', was_held, 'news', settle_and_tell(self, told));
END $$;

-- "is_own": the run may still be on its way here. NULL where there is no such run.
CREATE FUNCTION send_command(self int, sent text, of int8, is_own boolean, what text, arguments text)
RETURNS int8 LANGUAGE plpgsql AS $$
DECLARE
  owned int;
  number int8;
BEGIN
  SELECT id INTO number FROM commands WHERE token = sent;
  IF FOUND THEN RETURN number; END IF;
  -- Whoever claims the run meanwhile waits, and then finds the command in the inbox.
  SELECT owner INTO owned FROM runs WHERE key = of FOR SHARE;
  IF NOT FOUND THEN
    IF NOT is_own THEN RETURN NULL; END IF;
    owned := self;
  END IF;
  INSERT INTO commands (token, run, verb, args) VALUES (sent, of, what, arguments) RETURNING id INTO number;
  IF owned IS NOT NULL THEN PERFORM pg_notify(channel_of(owned), 'commands'); END IF;
  RETURN number;
END $$;

CREATE FUNCTION is_owned(by_process int) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM processes WHERE id = by_process)
$$;

-- The rule of "run/garbage.ts", apart from remembered results.
CREATE FUNCTION is_unread(a artifacts) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT a.state = 'due' AND NOT a.pinned
    AND NOT EXISTS (
      SELECT 1 FROM runs r WHERE r.key = a.run AND is_owned(r.owner)
        AND (a.gc <> 'temp' OR r.phase NOT IN ('Pending', 'Running'))
    )
    AND NOT EXISTS (
      SELECT 1 FROM artifact_readers f JOIN runs r ON r.key = f.run WHERE f.artifact = a.artifact
        AND (a.gc = 'OnWorkflowDeletion' OR r.phase IN ('Pending', 'Running') OR is_owned(r.owner))
    )
$$;

-- That rule, and deletions that nobody alive attends to.
CREATE FUNCTION collectable(now int8, stores text[]) RETURNS SETOF artifacts LANGUAGE sql STABLE AS $$
  SELECT a.* FROM artifacts a WHERE a.store = ANY(stores) AND a.state = 'due' AND is_unread(a)
    AND NOT EXISTS (SELECT 1 FROM memo_readers m WHERE m.artifact = a.artifact)
  UNION ALL
  SELECT a.* FROM artifacts a WHERE a.store = ANY(stores) AND a.state = 'deleting' AND a."nextAt" <= now
    AND (a.collector IS NULL OR NOT is_owned(a.collector))
$$;

CREATE FUNCTION collect(self int, number int8, told int8, now int8, stores text[], most int8) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  state text := fence(self, number);
BEGIN
  IF state = 'new' THEN
    -- What another process collects at the same time is seen as taken once that is done.
    PERFORM pg_advisory_xact_lock(hashtext(current_schema()), -1);
    UPDATE artifacts SET state = 'deleting', "nextAt" = 0, collector = self, claimed = number
      WHERE artifact IN (SELECT c.artifact FROM collectable(now, stores) c ORDER BY c.artifact LIMIT most);
  ELSIF state <> 'again' THEN RETURN json_build_object('state', state);
  END IF;
  RETURN json_build_object('state', state, 'value', (
    SELECT json_agg(row_to_json(a) ORDER BY a.artifact) FROM artifacts a
    WHERE a.collector = self AND a.claimed = number AND a.state = 'deleting'
  ));
END $$;
`
