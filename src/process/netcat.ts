/**
 * `nc` as alpine and busybox have it, for TCP, for hosts that lack it. Several may
 * listen on one port, since the pods that they stand for have addresses of their own.
 */

/** The program, for an interpreter at a path. */
export const netcat = (python: string): string =>
  `#!${python}
import getopt, os, select, socket, subprocess, sys

def fail(text):
    sys.stderr.write("nc: %s\\n" % text)
    sys.exit(1)

def relay(conn):
    ins = [conn, 0]
    while conn in ins:
        for source in select.select(ins, [], [])[0]:
            data = conn.recv(65536) if source is conn else os.read(0, 65536)
            if data and source is conn: os.write(1, data)
            elif data: conn.sendall(data)
            else:
                ins.remove(source)
                if source == 0: conn.shutdown(socket.SHUT_WR)

def serve(conn):
    if program: subprocess.call(program, stdin=conn.fileno(), stdout=conn.fileno())
    else: relay(conn)
    conn.close()

args, program = sys.argv[1:], None
for at, arg in enumerate(args):
    if arg.startswith("-") and arg.endswith("e"):
        program, args = args[at + 1:], args[:at] + ([arg[:-1]] if len(arg) > 2 else [])
        break
try:
    flags, rest = getopt.gnu_getopt(args, "lknvzp:s:w:i:")
except getopt.GetoptError as error:
    fail("%s; this stand-in knows -l -k -n -v -z -p -s -w -e" % error)
given = dict(flags)
say = (lambda text: sys.stderr.write(text + "\\n")) if "-v" in given else (lambda text: None)
try:
    if "-l" in given:
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"): server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        server.bind((given.get("-s", ""), int(given.get("-p") or rest[-1])))
        server.listen()
        say("listening on port %d" % server.getsockname()[1])
        while True:
            serve(server.accept()[0])
            if "-k" not in given: break
    else:
        if len(rest) < 2: fail("usage: nc [-lkvz] [-w SECONDS] [-p PORT] [HOST PORT] [-e PROGRAM ...]")
        conn = socket.create_connection((rest[0], int(rest[1])), float(given["-w"]) if "-w" in given else None)
        say("%s (%s) open" % tuple(rest[:2]))
        conn.settimeout(None)
        if "-z" not in given: serve(conn)
except (OSError, ValueError, IndexError) as error:
    fail(str(error))
`
