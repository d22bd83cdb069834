package example;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.partnercentralselling.PartnerCentralSellingClient;

/** Runs a server for the tests of a class, with an empty store for each test. */
public final class Cosell implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
  private final HttpClient http = HttpClient.newHttpClient();
  private Process server;
  private Path data;
  private String endpoint;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    data = Files.createTempDirectory("cosell");
    String binary = System.getenv().getOrDefault("COSELL", "cosell");
    server = new ProcessBuilder(binary, "serve", "--listen", "127.0.0.1:0", "--data", data.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String line = new BufferedReader(new InputStreamReader(server.getInputStream())).readLine();
    Matcher address = Pattern.compile("https?://\\S+").matcher(String.valueOf(line));
    if (!address.find()) {
      throw new IOException("the server did not start: " + line);
    }
    endpoint = address.group();
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException, InterruptedException {
    operator("POST", "/reset", "");
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
    server.destroy();
    server.waitFor();
    try (var files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Returns a client that acts for an account of twelve digits. */
  public PartnerCentralSellingClient partner(String account) {
    return PartnerCentralSellingClient.builder()
        .endpointOverride(URI.create(endpoint))
        .region(Region.US_EAST_1)
        .httpClient(UrlConnectionHttpClient.create())
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(account, "test")))
        .build();
  }

  /** Sends a request to the operator API, which plays AWS, and returns the answer. */
  public String operator(String method, String path, String body) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint + "/operator/v1" + path))
        .header("Content-Type", "application/json")
        .method(method, HttpRequest.BodyPublishers.ofString(body)).build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() >= 300) {
      throw new IOException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }
}
