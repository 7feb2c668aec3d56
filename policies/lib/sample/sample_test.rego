# METADATA
# title: Sample requests
# description: Small requests for the tests of rules - subjects, tables and columns to put together.
package phantang.tests.lib.sample

columns := {
	"so_cccd": {"tier": "T2", "tags": ["person.national_id"], "personal_class": "basic"},
	"ho_ten": {"tier": "T2", "tags": ["person.name"], "personal_class": "basic"},
	"ngay_sinh": {"tier": "T2", "tags": ["person.birth_date"], "personal_class": "basic"},
	"gioi_tinh": {"tier": "T2", "tags": ["person.gender"], "personal_class": "basic"},
	"nhom_mau": {"tier": "T2", "tags": ["person.blood_type"], "personal_class": "basic"},
	"ma_benh": {"tier": "T3", "tags": ["sensitive.health", "sensitive.health.icd10"], "personal_class": "sensitive"},
	"chan_doan": {"tier": "T3", "tags": ["sensitive.health"], "personal_class": "sensitive"},
	"bien_so": {"tier": "T2", "tags": ["person.vehicle_plate"], "personal_class": "basic"},
	"ton_giao": {"tier": "T3", "tags": ["sensitive.religion"], "personal_class": "sensitive"},
	"dan_toc": {"tier": "T3", "tags": ["sensitive.ethnicity"], "personal_class": "sensitive"},
	"vi_do": {"tier": "T3", "tags": ["sensitive.location"], "personal_class": "sensitive"},
	"ma_xa": {"tier": "T0", "tags": ["admin.unit_code"], "personal_class": "none"},
	"quy_hoach": {"tier": "T1", "tags": ["none"], "personal_class": "none"},
	"mo_hiem": {"tier": "T4", "tags": ["importance.core"], "personal_class": "none"},
	"dau_hieu": {"tier": "T2", "tags": ["secrecy.suspected"], "personal_class": "none"},
	"ho_tieu": {"tier": "T4", "tags": ["importance.important"], "personal_class": "none"},
	"ma_an_danh": {"tier": "T1", "tags": ["none"], "personal_class": "deidentified"},
}

column(name, uses) := object.union(columns[name], {"name": name, "type": "VARCHAR", "classified": true, "uses": uses})

unclassified(name, uses) := object.union(column(name, uses), {"classified": false})

generated(name, uses) := object.union(column(name, uses), {"generated": true})

people(read) := {
	"name": "main.cong_dan",
	"tier": "T3",
	"tags": [],
	"privacy_unit": "so_cccd",
	"scope": {"commune": "ma_xa", "province": "ma_tinh"},
	"subjects": null,
	"singled_out_by": [],
	"columns": read,
}

codes(read) := {
	"name": "main.thu_tuc",
	"tier": "T1",
	"tags": [],
	"privacy_unit": null,
	"scope": {},
	"subjects": null,
	"singled_out_by": [],
	"columns": read,
}

cases := {
	"table": "main.ho_so",
	"officer": "can_bo",
	"case": "ma_ho_so",
	"assigned_to": "agency",
	"about": [{"column": "so_giay_to", "tags": ["person.national_id"]}],
}

subjects := {
	"officer": {"kind": "agency", "actor": "can_bo_mot_cua_xa", "level": "commune", "purposes": ["L2"]},
	"dashboard": {"kind": "agency", "actor": "ioc_tinh", "level": "province", "purposes": ["L1"]},
	"business": {"kind": "business", "actor": "doanh_nghiep_logistics", "level": "nation", "purposes": ["B2"]},
	"auditor": {"kind": "auditor", "actor": "thanh_tra_kiem_toan", "level": "nation", "purposes": ["A1"]},
	"police": {"kind": "agency", "actor": "c06_a05", "level": "nation", "purposes": ["L3", "A1"]},
	"researcher": {"kind": "agency", "actor": "vien_nghien_cuu", "level": "nation", "purposes": ["R1"]},
	"department": {"kind": "agency", "actor": "ubnd_tinh_so", "level": "province", "purposes": ["L2"]},
	"bank": {"kind": "business", "actor": "ngan_hang", "level": "nation", "purposes": ["B1"]},
	"citizen": {"kind": "citizen", "actor": "cong_dan", "level": "nation", "purposes": ["S1"]},
}

request(who, tables) := {
	"subject": object.union(
		{"id": who, "jurisdiction": {"province": "01", "commune": "00004"}, "clearance": "T3", "roles": [], "approvals": [], "officer": null},
		subjects[who],
	),
	"action": {"name": "query"},
	"resource": {
		"source": "dan_cu",
		"recoded": true,
		"cases": null,
		"case_required": false,
		"statement": "select",
		"tables": tables,
		"shape": {
			"aggregate_only": false,
			"grouped": false,
			"distinct": false,
			"limit": null,
			"joins": 0,
			"subqueries": 0,
			"set_operations": 0,
		},
	},
	"context": {
		"purpose": subjects[who].purposes[0],
		"purpose_valid_until": "2027-12-31",
		"legal_ref": null,
		"case_id": null,
		"consent_id": null,
		"consent_valid_until": null,
		"consent_status": "unchecked",
		"channel": "test",
		"time": "2026-11-22T03:00:00Z",
		"catalog_revision": "sha256:0",
		"quality": null,
	},
}

statistics(who, tables) := object.union(request(who, tables), {"resource": {"shape": {"aggregate_only": true}}})

effects(narrowings) := {[narrowing.effect, object.get(narrowing, "column", "")] | some narrowing in narrowings}
