CREATE TABLE phuong_tien (
    bien_so VARCHAR PRIMARY KEY,
    so_khung VARCHAR,
    loai_xe VARCHAR,
    nhan_hieu VARCHAR,
    ho_ten_chu_xe VARCHAR,
    cccd_chu_xe VARCHAR,
    ngay_dang_ky DATE,
    ma_tinh VARCHAR
);
CREATE TABLE hanh_trinh (
    bien_so VARCHAR REFERENCES phuong_tien (bien_so),
    thoi_diem TIMESTAMP,
    vi_do DOUBLE,
    kinh_do DOUBLE,
    toc_do DOUBLE
);
COMMENT ON TABLE phuong_tien IS 'Phương tiện giao thông cơ giới đường bộ đã đăng ký';
COMMENT ON COLUMN phuong_tien.bien_so IS 'Biển số xe';
COMMENT ON COLUMN phuong_tien.so_khung IS 'Số khung';
COMMENT ON COLUMN phuong_tien.ho_ten_chu_xe IS 'Chủ xe: họ tên cá nhân hoặc tên tổ chức';
COMMENT ON COLUMN phuong_tien.ngay_dang_ky IS 'Ngày đăng ký';
COMMENT ON COLUMN hanh_trinh.thoi_diem IS 'Thời điểm ghi nhận, giờ Việt Nam';
COMMENT ON COLUMN hanh_trinh.toc_do IS 'Tốc độ, km/h'
