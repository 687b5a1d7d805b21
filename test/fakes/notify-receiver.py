"""systemd's side of sd_notify(3): prints each datagram as a line of JSON, with the pid of its sender."""
import array, json, socket, sys

SCM_CREDENTIALS = 2
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
name = sys.argv[1]
receiver.bind("\0" + name[1:] if name.startswith("@") else name)
print(json.dumps({"pid": 0, "lines": ["LISTENING"]}), flush=True)
while True:
    octets, ancillary, _, _ = receiver.recvmsg(65536, socket.CMSG_SPACE(12))
    pid = next(array.array("i", data)[0] for _, kind, data in ancillary if kind == SCM_CREDENTIALS)
    print(json.dumps({"pid": pid, "lines": octets.decode().split("\n")}), flush=True)
