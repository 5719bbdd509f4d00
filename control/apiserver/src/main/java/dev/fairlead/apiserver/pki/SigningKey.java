// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.pki;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** A key that tokens are signed with: P-256, signatures as JSON Web Tokens have them (ES256: r and s, 32 bytes each). */
public final class SigningKey {
    private static final String CURVE = "secp256r1";
    private static final String ALGORITHM = "SHA256withECDSAinP1363Format";

    private final KeyPair keys;

    private SigningKey(KeyPair keys) {
        this.keys = keys;
    }

    /** A new key, which is kept nowhere. */
    public static SigningKey fresh() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE));
            return new SigningKey(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no P-256 keys", e);
        }
    }

    /** The key in a PEM text of PKCS#8 and the public one that belongs to it. */
    static SigningKey read(String pem, String publicPem) throws IOException {
        try {
            KeyFactory factory = KeyFactory.getInstance("EC");
            return new SigningKey(new KeyPair(
                    factory.generatePublic(new X509EncodedKeySpec(der(publicPem))),
                    factory.generatePrivate(new PKCS8EncodedKeySpec(der(pem)))));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(
                    "sa.key and sa.pub hold no keys of ours; put back what was there, or remove both to get new ones",
                    e);
        }
    }

    private static byte[] der(String pem) {
        return Base64.getMimeDecoder()
                .decode(pem.replaceAll("-----[^-]*-----", "").getBytes(StandardCharsets.US_ASCII));
    }

    String pem() {
        return Pem.write("PRIVATE KEY", keys.getPrivate().getEncoded());
    }

    String publicPem() {
        return Pem.write("PUBLIC KEY", publicDer());
    }

    /** The public key as SubjectPublicKeyInfo. */
    public byte[] publicDer() {
        return keys.getPublic().getEncoded();
    }

    /** What tokens call the key: the hash of its public half. */
    public String id() {
        return id(publicDer());
    }

    /** What tokens call a key with that public half. */
    public static String id(byte[] publicDer) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(publicDer));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The public key in a SubjectPublicKeyInfo. */
    public static PublicKey publicKey(byte[] der) {
        try {
            return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no public EC key: " + e.getMessage(), e);
        }
    }

    /** Signs a text. */
    public byte[] sign(byte[] text) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(keys.getPrivate());
            signature.update(text);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("could not sign", e);
        }
    }

    /** Whether the owner of {@code key} signed that text so. */
    public static boolean verifies(PublicKey key, byte[] text, byte[] signed) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }
}
