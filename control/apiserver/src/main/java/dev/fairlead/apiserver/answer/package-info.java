/**
 * What the API says back: {@link dev.fairlead.apiserver.answer.Refusal} is every error a client can meet, with Kubernetes'
 * codes, reasons and texts; {@link dev.fairlead.apiserver.answer.Answers} makes replies of bytes and values. A client never
 * sees a stack trace.
 */
package dev.fairlead.apiserver.answer;
