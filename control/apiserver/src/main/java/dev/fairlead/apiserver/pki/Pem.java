// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.pki;

import dev.fairlead.wire.exchange.Request.User;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.naming.NamingException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** Reads our PEM files, and what certificates say, with nothing but the JDK. */
public final class Pem {
    /** What PKCS#8 puts before a SEC1 key of curve P-256: version 0 and the algorithm. */
    private static final byte[] P256 = {
        0x02,
        0x01,
        0x00,
        0x30,
        0x13,
        0x06,
        0x07,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0xce,
        0x3d,
        0x02,
        0x01,
        0x06,
        0x08,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0xce,
        0x3d,
        0x03,
        0x01,
        0x07
    };

    private Pem() {}

    /** The bytes between the lines {@code BEGIN type} and {@code END type} as a PEM text. */
    static String write(String type, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
    }

    /** The certificate in a PEM text. */
    public static X509Certificate certificate(String pem) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("no certificate in PEM form: " + e.getMessage(), e);
        }
    }

    /** The private key in a PEM text of ours (EC P-256, SEC1). */
    public static PrivateKey privateKey(String pem) {
        byte[] sec1 = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8(sec1)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no EC key in SEC1 PEM form: " + e.getMessage(), e);
        }
    }

    private static byte[] pkcs8(byte[] sec1) {
        byte[] key = element(0x04, sec1);
        byte[] body = new byte[P256.length + key.length];
        System.arraycopy(P256, 0, body, 0, P256.length);
        System.arraycopy(key, 0, body, P256.length, key.length);
        return element(0x30, body);
    }

    /** One DER element; the ones of a P-256 key are shorter than 256 bytes. */
    private static byte[] element(int tag, byte[] content) {
        int header = content.length < 128 ? 2 : 3;
        byte[] all = new byte[header + content.length];
        all[0] = (byte) tag;
        if (header == 3) {
            all[1] = (byte) 0x81;
        }
        all[header - 1] = (byte) content.length;
        System.arraycopy(content, 0, all, header, content.length);
        return all;
    }

    static boolean readable(Credential credential) {
        try {
            certificate(credential.certificate());
            privateKey(credential.key());
            return true;
        } catch (IllegalArgumentException notOurs) {
            return false;
        }
    }

    static boolean signedBy(Credential credential, Credential authority) {
        try {
            certificate(credential.certificate())
                    .verify(certificate(authority.certificate()).getPublicKey());
            return true;
        } catch (GeneralSecurityException somebodyElse) {
            return false;
        }
    }

    /** The DNS names and addresses a server certificate is for, in order. */
    static Set<String> names(Credential credential) {
        Set<String> names = new TreeSet<>();
        try {
            var alternatives = certificate(credential.certificate()).getSubjectAlternativeNames();
            for (List<?> name : alternatives == null ? List.<List<?>>of() : alternatives) {
                names.add(canonical(String.valueOf(name.get(1))));
            }
        } catch (CertificateException unreadable) {
            return Set.of();
        }
        return names;
    }

    static boolean isAddress(String name) {
        return name.contains(":") || name.matches("[0-9.]+");
    }

    /** A DNS name as it is; an address in the one form that names are compared in. */
    static String canonical(String name) {
        return isAddress(name) ? InetAddress.ofLiteral(name).getHostAddress() : name;
    }

    static User user(Credential credential) {
        return user(certificate(credential.certificate()));
    }

    /** Who a client certificate stands for, as in Kubernetes: the common name, and each organisation as a group. */
    public static User user(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        String name = "";
        List<String> groups = new ArrayList<>();
        try {
            for (Rdn part : new LdapName(subject).getRdns()) {
                var attributes = part.toAttributes();
                var common = attributes.get("CN");
                var organisations = attributes.get("O");
                name = common == null ? name : String.valueOf(common.get());
                for (int i = 0; organisations != null && i < organisations.size(); i++) {
                    groups.add(String.valueOf(organisations.get(i)));
                }
            }
        } catch (NamingException e) {
            throw new IllegalArgumentException("no distinguished name: " + subject, e);
        }
        return new User(name, new LinkedHashSet<>(groups));
    }
}
