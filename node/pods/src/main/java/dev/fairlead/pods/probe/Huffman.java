// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The code in which HTTP/2 servers write header texts (RFC 7541, appendix B).
 *
 * <p>How this works: the code is canonical. Codes of one length are consecutive numbers, in the order of their symbols, and
 * the first code of a length is the one after the last shorter code, with zeros added. So the lengths alone are the code.
 * Reading bit by bit, a number is a symbol when it lies among those of its length. The text ends with ones, less than eight.
 */
final class Huffman {
    /** The length of each symbol's code, 0 to 255, as digits of base 36. */
    private static final String LENGTHS = "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca"
            + "d67777777777777777777777878djde6f56565666577666567655677777fbeds"
            + "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn"
            + "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq";

    private static final int SHORTEST = 5;
    private static final int LONGEST = 30;

    private Huffman() {}

    /** The text behind {@code code}. */
    static String text(byte[] code) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int number = 0;
        int length = 0;
        for (int bit = 0; bit < code.length * 8; bit++) {
            number = number << 1 | code[bit / 8] >> 7 - bit % 8 & 1;
            length++;
            int symbol = symbol(number, length);
            if (symbol >= 0) {
                text.write(symbol);
                number = 0;
                length = 0;
            } else if (length == LONGEST) {
                throw new IOException("the answer's headers are not in the code of HTTP/2");
            }
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /** The symbol whose code is this number of this length; negative when there is none. */
    private static int symbol(int number, int wanted) {
        int first = 0;
        for (int length = SHORTEST; length <= wanted; length++) {
            first <<= 1;
            char digit = Character.forDigit(length, 36);
            if (length < wanted) {
                first += (int) LENGTHS.chars().filter(each -> each == digit).count();
            } else {
                return nth(digit, number - first);
            }
        }
        return -1;
    }

    private static int nth(char digit, int n) {
        int left = n;
        for (int symbol = 0; symbol < LENGTHS.length() && n >= 0; symbol++) {
            if (LENGTHS.charAt(symbol) == digit && left-- == 0) {
                return symbol;
            }
        }
        return -1;
    }
}
