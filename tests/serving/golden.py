"""Answers of real servers, as their own documentation and tests have them.

POOLING is vLLM's fixture of Qwen2.5-Math-PRM for a solution of four steps, the second of which is wrong
(tests/models/fixtures/qwen2_5_math_prm_reward_step.json).
"""

POOLING = """{"id":"pool-1","object":"list","created":1,"model":"m","data":[{"index":0,"object":"pooling",
"data":[[0.000636,0.99951],[0.81885,0.18127],[0.02554,0.97461],[0.000438,0.99951]]}],
"usage":{"prompt_tokens":300,"total_tokens":300,"completion_tokens":0}}"""

GENERATIVE = """{"id":"generative-scoring-1","object":"list","created":1,"model":"m","data":[
{"index":0,"object":"score","score":0.95},{"index":1,"object":"score","score":0.12}],
"usage":{"prompt_tokens":45,"total_tokens":48,"completion_tokens":3}}"""

SGLANG = """{"scores":[[0.0237,0.9763],[0.0284,0.9716]],"object":"scoring","model":"m","usage":null}"""

CHAT = """{"choices":[{"index":0,"message":{"role":"assistant","content":"+"},"logprobs":{"content":[
{"token":"+","logprob":-0.05,"bytes":[43],"top_logprobs":[{"token":"+","logprob":-0.05},{"token":"-","logprob":-3.2}]}
]},"finish_reason":"length"}]}"""

PLAIN = """{"scores":[0.99951,0.18127]}"""

COMPLETIONS = """{"id":"cmpl-1","object":"text_completion","created":1,"model":"m","choices":[
{"index":0,"text":"2 + 2 = 4\\n\\n# Answer\\n\\n4\\n","logprobs":null,"finish_reason":"stop"},
{"index":1,"text":"Let us add 2 and","logprobs":null,"finish_reason":"length"}],
"usage":{"prompt_tokens":9,"total_tokens":25,"completion_tokens":16}}"""

VLLM_ERROR = """{"error":{"message":"The model does not support Pooling API","type":"BadRequestError",
"param":null,"code":400}}"""

BY_PATH = {
    "/pooling": POOLING,
    "/generative_scoring": GENERATIVE,
    "/v1/score": SGLANG,
    "/v1/chat/completions": CHAT,
    "/v1/completions": COMPLETIONS,
    "/score": PLAIN,
}
