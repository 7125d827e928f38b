import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The members of a JSON object, each value as the text that it is: a payload that is only passed on stays what it was.
 *
 * Not strict: it does not look into the values. Level 1 wants that: equal keys, numbers, surrogates, depth (docs/protocol.md).
 */
final class Text {
    private static final String BLANKS = " \t\r\n";

    private final String text;
    private int at;

    private Text(String text) {
        this.text = text;
    }

    /** The text of a frame; null if it is no UTF-8. */
    static String decoded(byte[] frame) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(frame)).toString();
        } catch (CharacterCodingException error) {
            return null;
        }
    }

    static byte[] encoded(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Keys as they are spelled, and the texts of their values; null if `text` is no object. */
    static Map<String, String> members(String text) {
        if (text == null) {
            return null;
        }
        try {
            return new Text(text).members();
        } catch (IllegalArgumentException | IndexOutOfBoundsException error) {
            return null;
        }
    }

    private Map<String, String> members() {
        Map<String, String> found = new LinkedHashMap<>();
        blanks();
        take('{');
        while (peek() != '}') {
            if (!found.isEmpty()) {
                take(',');
                blanks();
            }
            int begin = at;
            string();
            String key = text.substring(begin + 1, at - 1);
            blanks();
            take(':');
            blanks();
            begin = at;
            value();
            found.put(key, text.substring(begin, at));
            blanks();
        }
        at++;
        blanks();
        if (at != text.length()) {
            throw new IllegalArgumentException("something follows");
        }
        return found;
    }

    private char peek() {
        return text.charAt(at);
    }

    private void take(char wanted) {
        if (peek() != wanted) {
            throw new IllegalArgumentException(wanted + " is expected");
        }
        at++;
        blanks();
    }

    private void blanks() {
        while (at < text.length() && BLANKS.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private void string() {
        if (peek() != '"') {
            throw new IllegalArgumentException("a string is expected");
        }
        for (at++; peek() != '"'; at++) {
            if (peek() == '\\') {
                at++;
            }
        }
        at++;
    }

    private void value() {
        int depth = 0;
        int begin = at;
        do {
            char mark = peek();
            if (mark == '"') {
                string();
                continue;
            }
            if (depth == 0 && (mark == ',' || mark == '}' || BLANKS.indexOf(mark) >= 0)) {
                break;
            }
            depth += mark == '{' || mark == '[' ? 1 : mark == '}' || mark == ']' ? -1 : 0;
            at++;
        } while (depth > 0 || (peek() != ',' && peek() != '}'));
        if (at == begin) {
            throw new IllegalArgumentException("a value is expected");
        }
    }

    /** The string that a member is; null if it is something else. */
    static String string(Map<String, String> members, String key) {
        String value = members == null ? null : members.get(key);
        return value == null || !value.startsWith("\"") ? null : unquoted(value);
    }

    private static String unquoted(String text) {
        StringBuilder found = new StringBuilder();
        for (int i = 1; i < text.length() - 1; i++) {
            if (text.charAt(i) != '\\') {
                found.append(text.charAt(i));
            } else if (text.charAt(++i) == 'u') {
                found.append((char) Integer.parseInt(text.substring(i + 1, i + 5), 16));
                i += 4;
            } else {
                int which = "bfnrt".indexOf(text.charAt(i));
                found.append(which < 0 ? text.charAt(i) : "\b\f\n\r\t".charAt(which));
            }
        }
        return found.toString();
    }

    /** `text` as a JSON string. */
    static String quoted(String text) {
        StringBuilder found = new StringBuilder("\"");
        for (char mark : text.toCharArray()) {
            if (mark == '"' || mark == '\\') {
                found.append('\\');
            }
            found.append(mark < 0x20 ? String.format("\\u%04x", (int) mark) : String.valueOf(mark));
        }
        return found.append('"').toString();
    }
}
