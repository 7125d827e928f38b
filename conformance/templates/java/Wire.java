import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * As much of ZMTP 3.0 (mechanism NULL) as a PULL that listens and a PUSH per peer need.
 *
 *     greeting (64 bytes) | READY command | frames: flags, length (1 or 8 bytes), body
 */
final class Wire {
    static final int LIMIT_BYTES = 4 << 20;
    private static final int MORE = 1, LONG = 2, COMMAND = 4;

    private Wire() {
    }

    /** One connection behind its handshake. */
    private static final class Link {
        final Socket socket;
        final DataInputStream in;
        final OutputStream out;
        int flags;

        Link(Socket socket, String kind) throws IOException {
            this.socket = socket;
            socket.setTcpNoDelay(true);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            out = socket.getOutputStream();
            greet(kind);
        }

        private void greet(String kind) throws IOException {
            byte[] greeting = new byte[64];
            greeting[0] = (byte) 0xff;
            greeting[9] = 0x7f;
            greeting[10] = 3;
            System.arraycopy(latin("NULL"), 0, greeting, 12, 4);
            out.write(greeting);
            send(COMMAND, latin("\5READY\13Socket-Type\0\0\0\4" + kind));
            byte[] theirs = new byte[64];
            in.readFully(theirs);
            String ready = new String(frame(), StandardCharsets.ISO_8859_1);
            String wanted = kind.equals("PULL") ? "PUSH" : "PULL";
            boolean isZmtp = theirs[0] == (byte) 0xff && theirs[9] == 0x7f && theirs[10] >= 3
                && new String(theirs, 12, 5, StandardCharsets.ISO_8859_1).equals("NULL\0");
            if (!isZmtp || (flags & COMMAND) == 0 || !ready.startsWith("\5READY") || !ready.contains(wanted)) {
                throw new IOException("not a handshake of the right kind");
            }
        }

        /** The body of the next frame; `flags` are its flags. */
        byte[] frame() throws IOException {
            flags = in.readUnsignedByte();
            long size = (flags & LONG) != 0 ? in.readLong() : in.readUnsignedByte();
            if (size < 0 || size > LIMIT_BYTES) {
                throw new IOException("over the limit");
            }
            byte[] body = new byte[(int) size];
            in.readFully(body);
            return body;
        }

        void send(int kind, byte[] body) throws IOException {
            boolean isShort = body.length < 256;
            ByteBuffer frame = ByteBuffer.allocate(body.length + 9);
            frame.put((byte) (isShort ? kind : kind | LONG));
            if (isShort) {
                frame.put((byte) body.length);
            } else {
                frame.putLong(body.length);
            }
            frame.put(body);
            out.write(frame.array(), 0, frame.position());
        }
    }

    /** Take connections of PUSH sockets; every message of one frame goes to `take`. */
    static void serve(ServerSocket listener, Consumer<byte[]> take) {
        start(() -> {
            while (true) {
                Socket socket = listener.accept();
                start(() -> receive(socket, take));
            }
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException error) {
                // The other side has gone, or is no ZMTP.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void receive(Socket socket, Consumer<byte[]> take) throws IOException {
        try (socket) {
            Link link = new Link(socket, "PULL");
            boolean isPart = false;
            while (true) {
                byte[] body = link.frame();
                if ((link.flags & COMMAND) != 0) {
                    String command = new String(body, StandardCharsets.ISO_8859_1);
                    if (command.startsWith("\4PING") && body.length >= 7) {
                        link.send(COMMAND, latin("\4PONG" + command.substring(7)));
                    }
                    continue;
                }
                if (!isPart && (link.flags & MORE) == 0) {
                    take.accept(body);
                }
                isPart = (link.flags & MORE) != 0;
            }
        }
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** One connection per peer, made when it is first needed, and anew when it was lost. */
    static final class Ways {
        private final Map<Integer, Link> ways = new HashMap<>();

        /** Waits for the peer, which is right for level 0 alone: a peer that is not there must hold up nobody (LIFE-1). */
        synchronized void send(int port, byte[] body) {
            for (int attempt = 0; attempt < 2; attempt++) {
                try {
                    if (!ways.containsKey(port)) {
                        ways.put(port, new Link(new Socket(InetAddress.getByName("127.0.0.1"), port), "PUSH"));
                    }
                    ways.get(port).send(0, body);
                    return;
                } catch (IOException error) {
                    ways.remove(port);
                }
            }
        }
    }
}
