/**
 * Schema version 1: what one process changes. Every change carries the number after that of the change before, and is
 * answered `new` once, `again` when it was made already, `fenced` when the process was declared dead, `gap` when the
 * server has forgotten a change that it had acknowledged.
 */
export const changes = `
CREATE FUNCTION fence(self int, number int8) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  known int8;
BEGIN
  UPDATE processes SET "group" = number WHERE id = self AND "group" = number - 1;
  IF FOUND THEN RETURN 'new'; END IF;
  SELECT "group" INTO known FROM processes WHERE id = self;
  RETURN CASE WHEN known IS NULL THEN 'fenced' WHEN known = number THEN 'again' ELSE 'gap' END;
END $$;

CREATE FUNCTION drop_permits(of int8) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM permits WHERE run = of) THEN RETURN false; END IF;
  PERFORM lock_permits();
  DELETE FROM permits WHERE run = of;
  RETURN true;
END $$;

CREATE FUNCTION write_run(w json) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  n runs := json_populate_record(null::runs, w);
  ended boolean := n.phase NOT IN ('Pending', 'Running');
BEGIN
  UPDATE runs SET workflow = n.workflow, digest = n.digest,
    phase = n.phase, reason = n.reason, message = n.message, epoch = n.epoch, priority = n.priority, labels = n.labels, suspended = n.suspended, stopping = n.stopping, held = n.held,
    origin = n.origin, "startedAt" = n."startedAt", "finishedAt" = n."finishedAt", "inputSeq" = n."inputSeq",
    "resultSeq" = n."resultSeq", "deleteAt" = n."deleteAt",
    -- An ended run belongs to nobody, so that whoever retries it can claim it.
    owner = CASE WHEN ended THEN NULL ELSE owner END
    WHERE key = n.key;
  IF ended THEN
    UPDATE artifacts SET state = 'due'
      WHERE run = n.key AND state = 'live' AND gc IN ('OnWorkflowCompletion', 'temp');
    RETURN drop_permits(n.key);
  ELSIF n.epoch > 1 THEN
    UPDATE artifacts SET state = 'live' WHERE run = n.key AND state = 'due' AND gc <> 'temp';
  END IF;
  RETURN false;
END $$;

-- What a deleted run made becomes due, and what it could read loses a reader. One artifact costs as much as eight rows
-- that are only deleted: its row is written anew, and indices with it.
CREATE FUNCTION leave_artifacts(of int8, INOUT room int) LANGUAGE plpgsql AS $$
DECLARE
  most int := greatest(1, room / 8);
  left_over int := most;
  many int;
BEGIN
  DELETE FROM artifact_readers WHERE run = of
    AND artifact = ANY(ARRAY(SELECT artifact FROM artifact_readers WHERE run = of LIMIT left_over));
  GET DIAGNOSTICS many = ROW_COUNT;
  left_over := left_over - many;
  DELETE FROM artifacts WHERE state = 'deleted'
    AND artifact = ANY(ARRAY(SELECT artifact FROM artifacts WHERE run = of AND state = 'deleted' LIMIT left_over));
  GET DIAGNOSTICS many = ROW_COUNT;
  left_over := left_over - many;
  UPDATE artifacts SET state = 'due' WHERE state = 'live' AND artifact = ANY(ARRAY(
    SELECT artifact FROM artifacts WHERE run = of AND state = 'live' AND gc <> 'Never' LIMIT left_over));
  GET DIAGNOSTICS many = ROW_COUNT;
  left_over := left_over - many;
  room := CASE WHEN left_over = 0 THEN 0 ELSE room - 8 * (most - left_over) END;
END $$;

-- Deletes rows of a run that is not there any more, so many; answers how many were left to delete. Artifacts first:
-- whoever collects garbage waits for them.
CREATE FUNCTION clear_run(of int8, INOUT room int) LANGUAGE plpgsql AS $$
DECLARE
  many int;
BEGIN
  room := leave_artifacts(of, room);
  DELETE FROM nodes WHERE ctid = ANY(ARRAY(SELECT ctid FROM nodes WHERE run = of LIMIT room));
  GET DIAGNOSTICS many = ROW_COUNT;
  room := room - many;
  DELETE FROM events WHERE ctid = ANY(ARRAY(SELECT ctid FROM events WHERE run = of LIMIT room));
  GET DIAGNOSTICS many = ROW_COUNT;
  room := room - many;
  DELETE FROM logs WHERE ctid = ANY(ARRAY(SELECT ctid FROM logs WHERE run = of LIMIT room));
  GET DIAGNOSTICS many = ROW_COUNT;
  room := room - many;
END $$;

-- Goes on with what is left of deleted runs; answers whether anything still is.
CREATE FUNCTION sweep(most int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  room int := most;
  one record;
BEGIN
  -- Waits for the piece that another process deletes: who is told that nothing is left may count on it.
  FOR one IN SELECT run FROM deleted_runs ORDER BY run FOR UPDATE LOOP
    room := clear_run(one.run, room);
    IF room = 0 THEN RETURN true; END IF;
    DELETE FROM deleted_runs WHERE run = one.run;
  END LOOP;
  RETURN false;
END $$;

-- The run is gone at once, and of what else is written of it as much as there is room; the rest is noted.
CREATE FUNCTION delete_run(w json, INOUT room int, OUT unsettled boolean) LANGUAGE plpgsql AS $$
DECLARE
  of int8 := (w->>'run')::int8;
  expired int8 := (w->>'ifExpiredAt')::int8;
BEGIN
  unsettled := false;
  IF expired IS NOT NULL OR w->>'ifEnded' = 'true' THEN
    -- Whoever claims it to retry it waits until it is gone, or is seen here.
    PERFORM 1 FROM runs WHERE key = of AND phase NOT IN ('Pending', 'Running')
      AND (owner IS NULL OR owner NOT IN (SELECT id FROM processes))
      AND (expired IS NULL OR "deleteAt" BETWEEN 1 AND expired) FOR UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
  END IF;
  DELETE FROM runs WHERE key = of;
  DELETE FROM commands WHERE run = of;
  room := clear_run(of, room);
  IF room = 0 THEN INSERT INTO deleted_runs VALUES (of) ON CONFLICT DO NOTHING; END IF;
  unsettled := drop_permits(of);
END $$;

CREATE FUNCTION erase_artifact(which text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM artifacts WHERE artifact = which AND run NOT IN (SELECT key FROM runs);
  UPDATE artifacts SET state = 'deleted', error = NULL, "nextAt" = 0, collector = NULL WHERE artifact = which;
END $$;

CREATE FUNCTION write_artifact(w json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  n artifacts;
  next_at int8;
BEGIN
  CASE w->>'kind'
  WHEN 'artifact' THEN
    n := json_populate_record(null::artifacts, w->'row');
    DELETE FROM artifacts WHERE artifact = n.artifact;
    INSERT INTO artifacts SELECT (n).*;
  WHEN 'reader' THEN
    INSERT INTO artifact_readers SELECT a.artifact, (w->>'run')::int8 FROM artifacts a
      WHERE a.artifact = w->>'artifact' AND a.run <> (w->>'run')::int8 ON CONFLICT DO NOTHING;
  WHEN 'due' THEN
    UPDATE artifacts SET state = CASE state WHEN 'live' THEN 'due' ELSE 'deleting' END, tries = 0, error = NULL
      WHERE artifact = w->>'artifact' AND state IN ('live', 'failed');
  WHEN 'pin' THEN
    UPDATE artifacts SET pinned = (w->>'pinned')::boolean WHERE artifact = w->>'artifact';
  WHEN 'overwrite' THEN
    PERFORM erase_artifact(a.artifact) FROM artifacts a
      WHERE a.store = w->>'store' AND a.key = w->>'key' AND NOT a.pinned AND a.state <> 'deleted'
        AND (a.state <> 'deleting' OR a.collector IS NULL OR a.collector NOT IN (SELECT id FROM processes));
  WHEN 'deletion' THEN
    next_at := (w->>'nextAt')::int8;
    IF w->>'error' IS NULL THEN PERFORM erase_artifact(w->>'artifact');
    ELSE
      UPDATE artifacts SET state = CASE WHEN next_at > 0 THEN 'deleting' ELSE 'failed' END, error = w->>'error',
        "nextAt" = next_at, tries = tries + 1, collector = NULL WHERE artifact = w->>'artifact';
    END IF;
  END CASE;
END $$;

-- Those of this cache, of this key, remembered before this instant; what they kept is theirs no longer.
CREATE FUNCTION forget_memos(of_cache text, of_key text, until int8) RETURNS void LANGUAGE sql AS $$
  DELETE FROM memo_readers r USING memos m WHERE r.cache = m.cache AND r.key = m.key
    AND (of_cache IS NULL OR m.cache = of_cache) AND (of_key IS NULL OR m.key = of_key)
    AND (until IS NULL OR m."createdAt" < until);
  DELETE FROM memos m WHERE (of_cache IS NULL OR m.cache = of_cache) AND (of_key IS NULL OR m.key = of_key)
    AND (until IS NULL OR m."createdAt" < until);
$$;

-- The same of one result, which is found by its key: of a million none else is looked at.
CREATE FUNCTION forget_memo(of_cache text, of_key text, until int8) RETURNS void LANGUAGE sql AS $$
  DELETE FROM memo_readers r USING memos m WHERE m.cache = of_cache AND m.key = of_key
    AND r.cache = of_cache AND r.key = of_key AND (until IS NULL OR m."createdAt" < until);
  DELETE FROM memos m WHERE m.cache = of_cache AND m.key = of_key AND (until IS NULL OR m."createdAt" < until);
$$;

-- What tells of a code goes with the last result that was made by it. Nobody waits for who else deletes it: of two
-- processes at once, one that remembers and one that forgets, it may get lost, and the next result brings it anew.
CREATE FUNCTION drop_codes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM definitions WHERE digest IN (
    SELECT d.digest FROM definitions d WHERE d.digest IN (SELECT g.code FROM gone g)
      AND NOT EXISTS (SELECT 1 FROM memos m WHERE m.code = d.digest) FOR UPDATE SKIP LOCKED
  );
  RETURN NULL;
END $$;
CREATE TRIGGER codes_of_memos AFTER DELETE ON memos REFERENCING OLD TABLE AS gone FOR EACH STATEMENT
  EXECUTE FUNCTION drop_codes();

-- One write that is not of a kind that comes in bulk; answers whom it told nothing new, and whether to settle. "room" is
-- how many rows of deleted runs may still be deleted.
CREATE FUNCTION write_one(w json, INOUT room int, OUT unsettled boolean, OUT again int[]) LANGUAGE plpgsql AS $$
DECLARE
  m memos;
BEGIN
  unsettled := false;
  CASE w->>'kind'
  WHEN 'run' THEN unsettled := write_run(w->'row');
  WHEN 'delete' THEN SELECT d.room, d.unsettled INTO room, unsettled FROM delete_run(w, room) d;
  WHEN 'request' THEN again := request_permit(w->'row'); unsettled := true;
  WHEN 'release' THEN
    DELETE FROM permits WHERE run = (w->>'run')::int8 AND path = w->>'path';
    unsettled := true;
  WHEN 'semaphore' THEN PERFORM set_limit(w); unsettled := true;
  WHEN 'refill' THEN unsettled := true;
  WHEN 'plan' THEN INSERT INTO plans VALUES (w->>'digest', w->>'workflow', w->>'json') ON CONFLICT DO NOTHING;
  WHEN 'definition' THEN INSERT INTO definitions VALUES (w->>'digest', w->>'text') ON CONFLICT DO NOTHING;
  WHEN 'answer' THEN UPDATE commands SET answer = w->>'answer' WHERE id = (w->>'command')::int8 AND answer IS NULL;
  WHEN 'memo' THEN
    m := json_populate_record(null::memos, w->'row');
    PERFORM forget_memo(m.cache, m.key, NULL);
    INSERT INTO memos (cache, key, value, "createdAt", "runId", path, parts, millis, size, "usedAt",
        code, ttl)
      VALUES (m.cache, m.key, m.value, m."createdAt", m."runId", m.path, m.parts, m.millis, octet_length(m.value),
        m."createdAt", w->'code'->>'digest', (w->>'ttl')::int8);
    INSERT INTO definitions SELECT w->'code'->>'digest', w->'code'->>'text' WHERE w->'code'->>'text' IS NOT NULL
      ON CONFLICT DO NOTHING;
    INSERT INTO memo_readers SELECT a.artifact, m.cache, m.key FROM artifacts a
      WHERE a.artifact IN (SELECT json_array_elements_text(coalesce(w->'readers', '[]')))
        AND a.gc NOT IN ('OnWorkflowCompletion', 'temp');
  WHEN 'memoUsed' THEN
    UPDATE memos SET "usedAt" = greatest("usedAt", (w->>'at')::int8), uses = uses + (w->>'uses')::int8
      WHERE cache = w->>'cache' AND key = w->>'key';
  WHEN 'forget' THEN
    IF w->>'cache' IS NOT NULL AND w->>'key' IS NOT NULL THEN
      PERFORM forget_memo(w->>'cache', w->>'key', (w->>'before')::int8);
    ELSE
      PERFORM forget_memos(w->>'cache', w->>'key', (w->>'before')::int8);
    END IF;
  WHEN 'evict' THEN
    PERFORM forget_memo(b.cache, b.key, NULL) FROM (
      SELECT o.cache, o.key FROM (
        SELECT e.cache, e.key, e."usedAt", row_number() OVER u AS place, sum(e.size) OVER u AS bytes FROM memos e
        WINDOW u AS (ORDER BY e."usedAt" DESC, e.cache, e.key)
      ) o WHERE o.place > (w->>'entries')::float8 OR o.bytes > (w->>'bytes')::float8 ORDER BY o."usedAt" LIMIT 1000
    ) b;
  ELSE PERFORM write_artifact(w);
  END CASE;
END $$;

-- Replaces cells, each only where it holds what its writer knows. An append whose writer does not is named by the
-- error, and nothing of the group is written.
CREATE FUNCTION write_cells(writes json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  w record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext(current_schema()), -3);
  FOR w IN SELECT * FROM json_to_recordset(writes) AS w(append int, space text, key text, was text, data text) LOOP
    IF (SELECT c.data FROM cells c WHERE c.space = w.space AND c.key = w.key) IS DISTINCT FROM w.was THEN
      RAISE EXCEPTION 'a cell holds something else' USING ERRCODE = 'PN002', DETAIL = w.append;
    END IF;
    DELETE FROM cells c WHERE c.space = w.space AND c.key = w.key;
    IF w.data IS NOT NULL THEN INSERT INTO cells VALUES (w.space, w.key, w.data); END IF;
  END LOOP;
END $$;

-- One group. "creates" are the ids of runs with the appends that create them: where one exists, the error names it.
CREATE FUNCTION commit_group(
  self int, number int8, told int8, locks boolean,
  creates text, new_runs text, new_cells text, new_events text, new_nodes text, new_logs text, others text
) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  state text := fence(self, number);
  taken int;
  w json;
  one record;
  unsettled boolean := false;
  again int[] := '{}';
  -- Some milliseconds.
  room int := 2000;
BEGIN
  IF state <> 'new' THEN RETURN json_build_object('state', state); END IF;
  IF creates IS NOT NULL THEN
    SELECT min(c.append) INTO taken FROM json_to_recordset(creates::json) AS c(append int, id text)
      WHERE EXISTS (SELECT 1 FROM runs r WHERE r.id = c.id);
    IF taken IS NOT NULL THEN
      RAISE EXCEPTION 'a run of this id exists' USING ERRCODE = 'PN001', DETAIL = taken;
    END IF;
    INSERT INTO runs SELECT * FROM json_populate_recordset(null::runs, new_runs::json);
  END IF;
  IF new_cells IS NOT NULL THEN PERFORM write_cells(new_cells::json); END IF;
  IF locks THEN PERFORM lock_permits(); END IF;
  IF new_events IS NOT NULL THEN
    INSERT INTO events SELECT * FROM json_populate_recordset(null::events, new_events::json);
  END IF;
  IF new_nodes IS NOT NULL THEN
    INSERT INTO nodes SELECT * FROM json_populate_recordset(null::nodes, new_nodes::json)
    ON CONFLICT (run, path) DO UPDATE SET kind = excluded.kind, phase = excluded.phase, reason = excluded.reason,
      message = excluded.message, epoch = excluded.epoch, attempt = excluded.attempt, attempts = excluded.attempts,
      base = excluded.base, reruns = excluded.reruns, waiting = excluded.waiting, until = excluded.until,
      progress = excluded.progress, "startedAt" = excluded."startedAt", "finishedAt" = excluded."finishedAt",
      "inputSeq" = excluded."inputSeq", "signalSeq" = excluded."signalSeq", "resultSeq" = excluded."resultSeq";
  END IF;
  IF new_logs IS NOT NULL THEN
    INSERT INTO logs (run, path, attempt, at, level, text, data)
      SELECT l.run, l.path, l.attempt, l.at, l.level, l.text, l.data
      FROM json_populate_recordset(null::logs, new_logs::json) l;
  END IF;
  IF others IS NOT NULL THEN
    FOR w IN SELECT * FROM json_array_elements(others::json) LOOP
      SELECT * INTO one FROM write_one(w, room);
      room := one.room;
      unsettled := unsettled OR one.unsettled;
      again := again || coalesce(one.again, '{}');
    END LOOP;
  END IF;
  RETURN json_build_object('state', 'new', 'left', room = 0,
    'news', CASE WHEN unsettled THEN settle_and_tell(self, told, again) END);
END $$;
`
