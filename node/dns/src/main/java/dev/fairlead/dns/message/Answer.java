// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What is answered to one question, before it becomes bytes.
 *
 * @param authoritative whether the AA bit is set
 */
public record Answer(
        Rcode rcode,
        boolean authoritative,
        List<ResourceRecord> answers,
        List<ResourceRecord> authority,
        List<ResourceRecord> additional) {
    /** An answer that carries a code and nothing else. */
    public static Answer of(Rcode rcode) {
        return new Answer(rcode, false, List.of(), List.of(), List.of());
    }

    /** An answer to {@code alias} that tells it stands for {@code name}, which this answers. */
    public Answer behind(DnsName alias, int ttl, DnsName name) {
        List<ResourceRecord> all = new ArrayList<>();
        all.add(new ResourceRecord(alias, ttl, new Rdata.Cname(name)));
        all.addAll(answers);
        return new Answer(rcode, true, List.copyOf(all), authority, additional);
    }

    /** This as the end of a chain of ours; a failure stands alone. */
    public Answer after(List<ResourceRecord> chain) {
        if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
            return this;
        }
        List<ResourceRecord> all = new ArrayList<>(chain);
        all.addAll(answers);
        return new Answer(rcode, true, List.copyOf(all), authority, additional);
    }

    /** The same with the addresses at its end in another order, so that not everybody takes the first. */
    public Answer turned(RandomGenerator random) {
        int first = answers.size();
        while (first > 0 && answers.get(first - 1).data() instanceof Rdata.Address) {
            first--;
        }
        int count = answers.size() - first;
        if (count < 2) {
            return this;
        }
        List<ResourceRecord> all = new ArrayList<>(answers);
        Collections.rotate(all.subList(first, all.size()), random.nextInt(count));
        return new Answer(rcode, authoritative, List.copyOf(all), authority, additional);
    }
}
