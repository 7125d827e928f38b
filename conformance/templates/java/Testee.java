import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of the Sabir protocol in Java that reaches level 0: one actor, `echo`, and the Rejects of whatever is not for it.
 *
 * It needs nothing but the JDK (11 or newer): what it knows of ZeroMQ (ZMTP 3.0, mechanism NULL) stands in Wire.java, and Text.java
 * finds the members of a JSON object; libraries can take their places (JeroMQ; but no JSON library refuses all that level 1 wants to
 * be refused: docs/protocol.md). Replies go to 127.0.0.1 only, until RTE-4 is there.
 */
final class Testee {
    private static final int CANNOT_START = 10;
    private static final Pattern LOOPBACK = Pattern.compile("tcp://127\\.0\\.0\\.1:(\\*|[0-9]{1,5})");

    private final String endpoint;
    private final Wire.Ways ways = new Wire.Ways();

    private Testee(String endpoint) {
        this.endpoint = endpoint;
    }

    private void take(byte[] frame) {
        Map<String, String> members = Text.members(Text.decoded(frame));
        String type = Text.string(members, "type");
        String target = Text.string(members, "target");
        String payload = members == null ? null : members.get("payload");
        if (type == null || target == null || payload == null || !payload.startsWith("{") || type.equals("Reject")) {
            return; // malformed: dropped, never answered
        }
        if (!target.equals("echo")) {
            reject(members, type, target, "unknown_target");
        } else if (!type.equals("conf.Echo")) {
            reject(members, type, target, "unknown_type");
        } else {
            answer(members, "conf.EchoReply", "{\"name\":\"echo\",\"endpoint\":" + Text.quoted(endpoint) + "}", payload);
        }
    }

    private void reject(Map<String, String> cause, String type, String target, String code) {
        answer(cause, "Reject", "null", "{\"code\":\"" + code + "\",\"reason\":\"nothing here takes it\",\"message_type\":"
            + Text.quoted(type) + ",\"target\":" + Text.quoted(target) + ",\"rejected_by\":" + Text.quoted(endpoint) + "}");
    }

    /** `sender` and `payload` are JSON texts. */
    private void answer(Map<String, String> cause, String type, String sender, String payload) {
        Map<String, String> to = Text.members(cause.get("sender"));
        String name = Text.string(to, "name");
        String address = Text.string(to, "endpoint");
        if (name == null || address == null || !LOOPBACK.matcher(address).matches()) {
            return;
        }
        String id = Text.string(cause, "id");
        String envelope = "{\"type\":\"" + type + "\",\"target\":" + Text.quoted(name) + ",\"sender\":" + sender + ",\"payload\":"
            + payload + (id == null ? "" : ",\"re\":" + Text.quoted(id)) + "}";
        ways.send(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)), Text.encoded(envelope));
    }

    private static ServerSocket bound(String told) throws IOException {
        Matcher parts = LOOPBACK.matcher(told == null ? "tcp://127.0.0.1:*" : told);
        int port = !parts.matches() ? -1 : parts.group(1).equals("*") ? 0 : Integer.parseInt(parts.group(1));
        if (port < 0 || port > 65535) {
            throw new IOException("it is like tcp://127.0.0.1:* here");
        }
        return new ServerSocket(port, 128, InetAddress.getByName("127.0.0.1"));
    }

    public static void main(String[] arguments) throws IOException {
        // SIGTERM would otherwise end with 143.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(0)));
        String told = System.getenv("SABIR_BIND");
        ServerSocket listener = null;
        try {
            listener = bound(told);
        } catch (IOException error) {
            System.err.println("SABIR_BIND=" + told + " cannot be bound: " + error.getMessage());
            Runtime.getRuntime().halt(CANNOT_START);
        }
        Testee testee = new Testee("tcp://127.0.0.1:" + listener.getLocalPort());
        Wire.serve(listener, testee::take);
        System.out.println("READY {\"endpoint\":\"" + testee.endpoint + "\",\"bound\":\"" + testee.endpoint + "\",\"port\":\"@NAME@\","
            + "\"version\":\"0.1\",\"suite\":1,\"limits\":{\"bytes\":" + Wire.LIMIT_BYTES + ",\"depth\":64},\"features\":[]}");
        System.out.flush();
        System.in.transferTo(java.io.OutputStream.nullOutputStream());
        System.exit(0);
    }
}
