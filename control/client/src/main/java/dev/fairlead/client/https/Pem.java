// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.https;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads certificates and private keys in PEM (RFC 7468). */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    private Pem() {}

    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    private record Block(String label, byte[] der) {}

    /** All certificates in the text, in order; at least one. */
    static List<X509Certificate> certificates(String text) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(text)) {
                if (block.label.equals("CERTIFICATE")) {
                    certificates.add(
                            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der)));
                }
            }
        } catch (GeneralSecurityException broken) {
            throw new IOException("not a certificate: " + broken.getMessage(), broken);
        }
        if (certificates.isEmpty()) {
            throw new IOException("no certificate: a line -----BEGIN CERTIFICATE----- is expected");
        }
        return List.copyOf(certificates);
    }

    /** The private key in the text: RSA, EC, Ed25519 or Ed448, not encrypted. */
    static PrivateKey key(String text) throws IOException {
        for (Block block : blocks(text)) {
            byte[] pkcs8 = pkcs8(block);
            if (pkcs8 != null) {
                return key(pkcs8);
            }
        }
        throw new IOException("no private key: a line -----BEGIN PRIVATE KEY----- is expected (RSA PRIVATE KEY and EC"
                + " PRIVATE KEY are read too; encrypted keys are not)");
    }

    private static byte @Nullable [] pkcs8(Block block) throws IOException {
        return switch (block.label) {
            case "PRIVATE KEY" -> block.der;
            case "RSA PRIVATE KEY" -> Der.pkcs8OfRsa(block.der);
            case "EC PRIVATE KEY" -> Der.pkcs8OfEc(block.der);
            default -> null;
        };
    }

    private static PrivateKey key(byte[] pkcs8) throws IOException {
        for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException another) {
                // the next algorithm may fit
            }
        }
        throw new IOException("the private key is neither EC nor RSA nor EdDSA, or it is damaged");
    }

    private static List<Block> blocks(String text) throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            String label = matcher.group(1).toUpperCase(Locale.ROOT);
            try {
                blocks.add(new Block(label, Base64.getMimeDecoder().decode(matcher.group(2))));
            } catch (IllegalArgumentException broken) {
                throw new IOException("the PEM block " + label + " is no base64: " + broken.getMessage(), broken);
            }
        }
        return blocks;
    }
}
